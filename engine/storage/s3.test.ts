import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import { type S3Endpoint, startS3 } from '../../test/s3-endpoint.ts';
import { s3Storage } from './s3.ts';
import type { S3Location } from './s3-location.ts';

const LARGE = Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 2654435761) >>> 24);

let s3: S3Endpoint;
before(async () => {
  s3 = await startS3();
});
after(() => s3.close());

type Fault = (
  request: IncomingMessage,
  response: ServerResponse,
) => 'pass on' | 'done' | { cutAfter: number };

/** The service behind a line that does to each request what the next fault says, and after the last nothing more. */
async function faulty(faults: Fault[], use: (location: S3Location, asked: string[]) => Promise<void>) {
  const asked: string[] = [];
  const server: Server = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.headers.range ?? ''}`.trim());
    const fate = faults.shift()?.(incoming, outgoing) ?? 'pass on';
    if (fate === 'done') return;
    const origin = new URL(s3.location.endpoint);
    const { method, url, headers } = incoming;
    const passed = request(
      { hostname: origin.hostname, port: origin.port, method, path: url, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        let sent = 0;
        answer.on('data', (piece: Buffer) => {
          sent += piece.length;
          outgoing.write(piece);
          if (fate !== 'pass on' && sent >= fate.cutAfter) outgoing.socket?.destroy();
        });
        answer.on('end', () => outgoing.end());
      },
    );
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { pathname } = new URL(s3.location.endpoint);
  try {
    await use({ ...s3.location, endpoint: `http://127.0.0.1:${port}${pathname}` }, asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const hangUp: Fault = (incoming) => {
  incoming.socket.destroy();
  return 'done';
};

const answer =
  (status: number, body = '', headers: Record<string, string> = {}): Fault =>
  (incoming, response) => {
    incoming.resume();
    incoming.on('end', () => response.writeHead(status, headers).end(body));
    return 'done';
  };

test('lists and removes more than a page of objects', async () => {
  const storage = s3Storage({ ...s3.location, prefix: 'pages' });
  const keys = Array.from({ length: 1234 }, (_, at) => `many/${String(at).padStart(4, '0')} & <1>.bin`);
  for (let at = 0; at < keys.length; at += 100) {
    await Promise.all(keys.slice(at, at + 100).map((key) => storage.put(key, Uint8Array.of(1))));
  }
  await storage.put('many-more/one', Uint8Array.of(1));
  assert.deepEqual(
    await storage.list('many'),
    keys.map((key) => key.slice('many/'.length)),
  );
  await storage.remove('many');
  assert.deepEqual(await storage.list(''), ['many-more']);
});

test('asks again after 5xx, after too many requests, and after a connection that broke', async () => {
  await faulty([answer(503), hangUp, answer(429)], async (location, asked) => {
    const storage = s3Storage(location);
    await storage.put('again', LARGE);
    assert.deepEqual(asked, ['PUT', 'PUT', 'PUT', 'PUT']);
    assert.deepEqual(await storage.get('again'), LARGE);
  });
});

test('reads whole what broke off half-way', async () => {
  await s3Storage(s3.location).put('half', LARGE);
  await faulty([() => ({ cutAfter: 1_000_000 })], async (location, asked) => {
    assert.deepEqual(await s3Storage(location).get('half'), LARGE);
    assert.equal(asked.length, 2);
  });
});

test('takes a stream up again where it broke off', async () => {
  await s3Storage(s3.location).put('stream', LARGE);
  const cut: Fault = () => ({ cutAfter: 700_000 });
  await faulty([cut, cut, cut], async (location, asked) => {
    const stream = await s3Storage(location).stream('stream');
    assert.deepEqual(new Uint8Array(await new Response(stream).arrayBuffer()), LARGE);
    assert.equal(asked.length, 4);
    assert.match(asked[1]!, /^GET bytes=[1-9]\d+-$/);
  });
});

test('does not go on with a stream of an object that was replaced meanwhile', async () => {
  const storage = s3Storage(s3.location);
  await storage.put('replaced', LARGE);
  await faulty([() => ({ cutAfter: 700_000 })], async (location) => {
    const stream = (await s3Storage(location).stream('replaced'))!;
    await storage.put('replaced', LARGE.slice().reverse());
    await assert.rejects(new Response(stream).arrayBuffer(), /PreconditionFailed/);
  });
});

test('gives up in the end, and says what it was', async () => {
  await faulty(Array(6).fill(answer(503)), async (location, asked) => {
    await assert.rejects(
      s3Storage(location).get('x'),
      /s3:\/\/survey at http.*: the service does not work just now \(status 503\)/,
    );
    assert.equal(asked.length, 6);
  });
});

test('notices an error that comes with status 200', async () => {
  const error = '<Error><Code>InternalError</Code><Message>We encountered an error.</Message></Error>';
  await s3Storage(s3.location).put('source', Uint8Array.of(1, 2));
  await faulty([answer(200, error)], async (location, asked) => {
    await s3Storage(location).copy('source', 'copy');
    assert.equal(asked.length, 2);
  });
  assert.deepEqual(await s3Storage(s3.location).get('copy'), Uint8Array.of(1, 2));
  const denied =
    '<DeleteResult><Error><Key>copy</Key><Code>AccessDenied</Code><Message>Denied</Message></Error></DeleteResult>';
  await faulty([() => 'pass on', answer(200, denied)], async (location) => {
    await assert.rejects(
      s3Storage(location).remove('copy'),
      /copy cannot be deleted: Denied \(AccessDenied\)/,
    );
  });
});

test('does not take a whole object for a range of it', async () => {
  await faulty([answer(200, 'abcdef', { etag: '"1"' })], async (location) => {
    await assert.rejects(s3Storage(location).get('x', { offset: 2, length: 2 }), /gives whole objects/);
  });
});

test('says what to do about wrong settings, and never shows the credentials', async () => {
  const { location } = s3;
  const { credentials } = location;
  const wrongSecret = { ...credentials, secretAccessKey: 'a-secret-that-is-wrong' };
  const wrongKey = { ...credentials, accessKeyId: 'nobody' };
  const cases: [S3Location, RegExp][] = [
    [{ ...location, credentials: wrongSecret }, /the credentials were refused: check AWS_ACCESS_KEY_ID/],
    [{ ...location, credentials: wrongKey }, /the credentials were refused: check AWS_ACCESS_KEY_ID/],
    [{ ...location, bucket: 'absent' }, /s3:\/\/absent at .*: there is no such bucket: create it/],
    [
      { ...location, endpoint: new URL(location.endpoint).origin },
      /what answers there is no S3 service: check AWS_ENDPOINT_URL/,
    ],
    [
      { ...location, endpoint: 'http://absent.invalid' },
      /cannot be reached \(ENOTFOUND\): check AWS_ENDPOINT_URL/,
    ],
    [{ ...location, endpoint: 'http://127.0.0.1:1' }, /cannot be reached \((ECONNREFUSED|bad port)\)/],
  ];
  for (const [wrong, message] of cases) {
    const storage = s3Storage(wrong);
    for (const call of [
      () => storage.get('x'),
      () => storage.put('x', Uint8Array.of(1)),
      () => storage.list(''),
      () => storage.size('x'),
      () => storage.copy('x', 'y'),
      () => storage.remove('x'),
      () => storage.stream('x'),
    ]) {
      await assert.rejects(call, (error: Error) => {
        assert.match(error.message, message);
        const shown = inspect(error, { depth: 9, showHidden: true });
        assert.ok(!shown.includes(wrong.credentials.secretAccessKey), shown);
        return true;
      });
      if (/ECONNREFUSED/.test(message.source)) break;
    }
  }
});

test('names the region that would be right', async () => {
  const body = '<Error><Code>PermanentRedirect</Code><Message>Use the endpoint.</Message></Error>';
  const moved = answer(301, body, { 'x-amz-bucket-region': 'eu-south-2', location: 'http://127.0.0.1:1/' });
  await faulty([moved], async (location) => {
    await assert.rejects(
      s3Storage(location).get('x'),
      /the bucket is in the region eu-south-2: set AWS_REGION=eu-south-2 \(PermanentRedirect/,
    );
  });
});

test('tells apart who may not from who is not known, and a clock that is wrong', async () => {
  const error = (code: string) => answer(403, `<Error><Code>${code}</Code><Message>No.</Message></Error>`);
  await faulty([error('AccessDenied'), error('RequestTimeTooSkewed'), error('Quota')], async (location) => {
    const storage = s3Storage(location);
    await assert.rejects(storage.put('x', LARGE), /these credentials may not do this/);
    await assert.rejects(storage.get('x'), /the clock of this machine is wrong/);
    await assert.rejects(storage.get('x'), /: No \(Quota, status 403\)/);
  });
});

test('refuses keys that are no paths', async () => {
  const storage = s3Storage(s3.location);
  for (const key of ['', '..', '../other', 'a/../../b', '/a', 'a//b', 'a\0']) {
    const refusal = { message: /is not a storage key/ };
    await assert.rejects(async () => storage.get(key), refusal, key);
    await assert.rejects(async () => storage.remove(key), refusal, key);
    await assert.rejects(async () => storage.copy('a', key), refusal, key);
  }
});
