import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import test from 'node:test';
import { startTestDatabase } from '../../test/postgres.ts';
import { readSettings } from '../settings.ts';
import { openDatabase } from './database.ts';

function open(databaseUrl: string) {
  return openDatabase(readSettings({ DATABASE_URL: databaseUrl }));
}

/** Listens on a free port; a `null` answer keeps silent. */
async function listener(answer: string | null): Promise<{ port: number; close(): void }> {
  const server = createServer((socket) => {
    if (answer !== null) socket.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, close: () => server.close() };
}

async function failure(url: string): Promise<string> {
  const error = await open(url).then(
    () => assert.fail('it opened'),
    (reason: Error) => reason,
  );
  assert.doesNotMatch(error.message, /s3cret/);
  return error.message;
}

test("the user's own server is used as it is, and left running", async (t) => {
  const server = await startTestDatabase();
  t.after(() => server.close());
  const database = await open(server.url);
  assert.deepEqual([database.url, database.embedded], [server.url, false]);
  await database.close();
  await (await open(server.url)).close();
});

test('an unreachable server is named, with host, port and database, without the password', async () => {
  const { port, close } = await listener(null);
  close();
  assert.equal(
    await failure(`postgres://reader:s3cret@127.0.0.1:${port}/survey`),
    `cannot reach PostgreSQL at 127.0.0.1:${port}, database "survey", user "reader": nothing listens there; is the server running?`,
  );
});

test('a server that never answers is given up', async (t) => {
  const { port, close } = await listener(null);
  t.after(close);
  assert.match(await failure(`postgres://reader:s3cret@127.0.0.1:${port}/survey`), /no answer in 5 s/);
});

test('something that is not PostgreSQL is given up', async (t) => {
  const { port, close } = await listener('HTTP/1.1 400 Bad Request\r\n\r\n');
  t.after(close);
  assert.match(
    await failure(`postgres://reader:s3cret@127.0.0.1:${port}/survey`),
    /cannot reach PostgreSQL at/,
  );
});

test('an unknown host, password or database is said to be that', async (t) => {
  const server = await startTestDatabase();
  t.after(() => server.close());
  assert.match(
    await failure('postgres://reader:s3cret@no-such-host.invalid/survey'),
    /no such host|looked up/,
  );
  assert.match(
    await failure(Object.assign(new URL(server.url), { password: 's3cret' }).href),
    /wrong password/,
  );
  assert.match(await failure(Object.assign(new URL(server.url), { password: '' }).href), /wants a password/);
  assert.match(
    await failure(Object.assign(new URL(server.url), { pathname: '/nope' }).href),
    /no such database/,
  );
});

for (const url of [
  's3cret',
  'mysql://root:s3cret@localhost/survey',
  'postgres://user:s3cret@[broken/survey',
]) {
  test(`${url.replace('s3cret', '…')} is no PostgreSQL URL`, async () => {
    assert.match(await failure(url), /DATABASE_URL is not a PostgreSQL URL: write postgres:/);
  });
}
