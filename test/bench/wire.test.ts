import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { openConnection } from './wire.ts';

async function serve(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('bodies of known length, in chunks, and up to the end of the connection: status, bytes and pieces', async (t) => {
  const text = 'x'.repeat(100_000);
  const sockets = new Set();
  const url = await serve(t, (request, response) => {
    sockets.add(request.socket);
    if (request.url === '/length') return void response.setHeader('content-length', text.length).end(text);
    if (request.url === '/missing') return void response.writeHead(404).end('no');
    if (request.url === '/close') response.useChunkedEncodingByDefault = false;
    response.write(text.slice(0, 10));
    response.write(text.slice(10, 70_000));
    response.end(text.slice(70_000));
  });
  const connection = await openConnection(url);
  t.after(connection.destroy);
  for (const path of ['/length', '/chunks', '/length', '/close', '/length']) {
    let body = '';
    const { status, bytes, firstByte, whole } = await connection.get(path, (piece) => {
      body += piece.toString('latin1');
    });
    assert.equal(status, 200, path);
    assert.equal(bytes, text.length, path);
    assert.equal(body, text, path);
    assert.ok(firstByte > 0 && whole >= firstByte, path);
  }
  assert.equal((await connection.get('/missing')).status, 404);
  assert.equal(sockets.size, 2, 'a new connection only after the server has closed one');
});

test('without keep-alive each request has a connection of its own', async (t) => {
  const sockets = new Set();
  const url = await serve(t, (request, response) => {
    sockets.add(request.socket);
    response.end('x');
  });
  const connection = await openConnection(url, false);
  t.after(connection.destroy);
  for (let i = 0; i < 3; i++) assert.equal((await connection.get('/')).bytes, 1);
  assert.equal(sockets.size, 3);
});

test('an answer that is cut is an error, not a short answer', async (t) => {
  const url = await serve(t, (_, response) => {
    response.setHeader('content-length', 1000);
    response.write('half');
    setTimeout(() => response.destroy(), 20);
  });
  const connection = await openConnection(url);
  await assert.rejects(connection.get('/'), /cut before the answer was whole|ECONNRESET/);
});
