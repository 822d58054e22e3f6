import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { after, before } from 'node:test';
import { type Post, post } from './post.ts';
import { withoutSecrets } from './secrets.ts';
import { alertAddress, checkHours, exportRequest, type Variables } from './settings.ts';

/** Answers of the receiver, the next one first; 200 when there are no more. */
const statuses: number[] = [];
const paths: string[] = [];
const receiver = createServer((request, response) => {
  paths.push(request.url!);
  response.writeHead(statuses.shift() ?? 200, { Location: '/elsewhere' }).end('as you see');
});
let url: URL;

before(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = new URL(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`);
});
after(() => receiver.close());

function posted(answers: readonly number[], more: Partial<Post> = {}): Promise<void> {
  statuses.splice(0, Infinity, ...answers);
  paths.length = 0;
  return post({
    name: 'EXPORT_URL',
    url,
    body: '{}',
    withoutSecrets: (text) => text,
    pauses: [0, 0],
    ...more,
  });
}

test('a receiver that is not well is tried three times', async () => {
  await posted([503, 429, 202]);
  assert.equal(paths.length, 3);
  await assert.rejects(
    posted([500, 500, 500, 500]),
    /^Error: EXPORT_URL \(127\.0\.0\.1:\d+\) answered 500: as you see$/,
  );
  assert.equal(paths.length, 3);
});

test('one that refuses is not', async () => {
  await assert.rejects(posted([403]), /answered 403: as you see$/);
  assert.equal(paths.length, 1);
});

test('a redirection is not followed, least of all with a secret', async () => {
  await assert.rejects(
    posted([307], { authorization: 'Bearer x' }),
    /answered 307: as you see\. It has to be the address that this one leads to$/,
  );
  assert.deepEqual(paths, ['/hook']);
});

test('nobody there', async () => {
  const nobody = new URL('http://127.0.0.1:1/hook');
  await assert.rejects(
    posted([], { url: nobody }),
    /^Error: EXPORT_URL \(127\.0\.0\.1:1\) could not be reached: /,
  );
});

test('settings that are wrong are named, and not shown', () => {
  const fault = (read: () => unknown): string => {
    try {
      read();
    } catch (error) {
      return (error as Error).message;
    }
    return 'none';
  };
  const right = { EXPORT_URL: 'https://ci.example.org/run', EXPORT_AUTHORIZATION: 'Bearer abc' };
  assert.deepEqual(exportRequest(right), {
    url: new URL('https://ci.example.org/run'),
    authorization: 'Bearer abc',
    body: null,
  });
  assert.equal(exportRequest({ EXPORT_URL: '' }), null);
  for (const EXPORT_URL of ['http://ci.example.org/run?key=s3cret', 'ci.example.org', 'ftp://s3cret@host/']) {
    assert.equal(
      fault(() => exportRequest({ EXPORT_URL })),
      'EXPORT_URL is not an address that begins with https://',
    );
  }
  for (const EXPORT_AUTHORIZATION of [
    'Bearer s3cret\n',
    ' Bearer s3cret',
    'Bearer  s3cret',
    'Bearer sécret',
  ]) {
    const said = fault(() => exportRequest({ ...right, EXPORT_AUTHORIZATION }));
    assert.match(said, /^EXPORT_AUTHORIZATION is no value of a header: it must be one line/);
    assert.doesNotMatch(said, /s3cret|sécret/);
  }
  assert.match(
    fault(() => exportRequest({ ...right, EXPORT_BODY: '{ref: main}' })),
    /^EXPORT_BODY is not JSON/,
  );
  assert.match(
    fault(() => alertAddress({ ALERT_URL: 'https//chat' })),
    /^ALERT_URL is not an address/,
  );
  assert.match(
    fault(() => checkHours({ CHECK_HOURS: 'five' })),
    /^CHECK_HOURS is "five": it must be a number from 0.1 to 744$/,
  );
  assert.equal(checkHours({}), 5);
});

test('nothing secret is left in a text, however it was quoted', () => {
  const env: Variables = {
    EXPORT_URL: 'https://ci.example.org/trigger/pa55word?token=url-t0ken&ref=main',
    EXPORT_AUTHORIZATION: 'Bearer header-t0ken',
    EXPORT_BODY: '{"token":"body-t0ken","ref":"main"}',
    ALERT_URL: 'https://chat.example.org/hooks/alert-t0ken',
  };
  const safe = withoutSecrets(env);
  const said = safe(
    `POST ${env.EXPORT_URL} (${env.EXPORT_AUTHORIZATION}) ${env.EXPORT_BODY}: no header-t0ken; /trigger/pa55word; token=url-t0ken; ` +
      `body-t0ken on main; ${env.ALERT_URL}, alert-t0ken`,
  );
  assert.doesNotMatch(said, /t0ken|pa55word/);
  assert.match(said, /on main/);
  assert.equal(withoutSecrets({})('as it was'), 'as it was');
});
