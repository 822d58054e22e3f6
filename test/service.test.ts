import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { tableFromIPC } from 'apache-arrow';
import { demoBucket } from './demo-release.ts';
import { type Answer, type RequestOptions, request } from './http.ts';
import { type RunningService, startService, startWranglerR2 } from './service.ts';

interface Case extends RequestOptions {
  readonly path: string;
  readonly status: number;
  /** Found in the body. */
  readonly says?: RegExp;
  readonly type?: RegExp;
  readonly check?: (answer: Answer, text: string) => void;
}

const SIRIUS = '/scs/hipparcos.stars?RA=101.287&DEC=-16.716&SR=0.5';
const VOTABLE = /^text\/xml;content=x-votable/;
const gzipped = { 'Accept-Encoding': 'gzip' };

/** A cone search that is refused: a VOTable that says why. */
const refused = (query: string, says: RegExp, status = 400): Case => ({
  path: `/scs/hipparcos.stars${query}`,
  status,
  says,
  type: VOTABLE,
  check: (_, text) => assert.match(text, /<INFO name="QUERY_STATUS" value="ERROR">/),
});

/** A list of positions that is sent. */
function cones(query: string, contentType: string, body: string, wanted: Partial<Case>): Case {
  const path = `/scs/hipparcos.stars/cones${query}`;
  return { path, method: 'POST', headers: { 'Content-Type': contentType }, body, status: 200, ...wanted };
}

const CASES: readonly Case[] = [
  { path: '/', status: 200, type: /^text\/html/, says: /hipparcos\.stars/ },
  { path: '/', status: 200, method: 'HEAD', type: /^text\/html/, check: hasNoBody },
  { path: '/availability', status: 200, type: /xml/, says: /available>true</ },
  { path: '/capabilities', status: 200, type: /xml/, says: /ivo:\/\/ivoa\.net\/std\/VOSI#capabilities/ },
  {
    path: '/tables',
    status: 200,
    type: /xml/,
    says: /hipparcos\.stars[\s\S]*dso\.objects|dso\.objects[\s\S]*hipparcos\.stars/,
  },
  { path: '/scs/hipparcos.stars/availability', status: 200, type: /xml/, says: /available>true</ },
  { path: '/scs/hipparcos.stars/capabilities', status: 200, type: /xml/, says: /ConeSearch/ },
  { path: '/scs/hipparcos.stars/tables', status: 200, type: /xml/, says: /meta\.id;meta\.main/ },
  {
    path: '/scs/hipparcos.stars/moc',
    status: 200,
    type: /^application\/fits$/,
    says: /^SIMPLE/,
    check: isWhole,
  },
  {
    path: '/scs/dso.objects/moc?RESPONSEFORMAT=json',
    status: 200,
    type: /^application\/json/,
    check: isJson,
  },
  { path: '/scs/dso.objects/moc?RESPONSEFORMAT=json', headers: gzipped, status: 200, check: isGzip },
  { path: '/scs/dso.objects/moc?RESPONSEFORMAT=ascii', status: 200, type: /^text\/plain/, says: /^\d+\/\d+/ },
  { path: '/scs/dso.objects/moc?RESPONSEFORMAT=xml', status: 400, says: /"xml" is not offered/ },
  { path: '/nothing/here', status: 404, says: /nothing at this address/ },

  { path: SIRIUS, status: 200, type: VOTABLE, says: /<TD>32349<\/TD>/ },
  { path: SIRIUS.toLowerCase(), status: 200, says: /<TD>32349<\/TD>/ },
  { path: `${SIRIUS}&VERB=1`, status: 200, says: /<TD>32349<\/TD>/ },
  { path: `${SIRIUS}&VERB=3&SORT=separation`, status: 200, says: /<TD>32349<\/TD>/ },
  {
    path: '/scs/hipparcos.stars?RA=101.287&DEC=-16.716&NEAREST=1&RESPONSEFORMAT=csv',
    status: 200,
    says: /^32349,/m,
    check: hasRows(1),
  },
  {
    path: `${SIRIUS}&RESPONSEFORMAT=votable/b2`,
    status: 200,
    check: (_, text) => {
      const stream = /<STREAM encoding="base64">\s*([^<]*)</.exec(text)![1]!;
      // An identifier of five characters after its count.
      assert.ok(Buffer.from(stream, 'base64').includes('\0\0\0\x0532349', 'latin1'));
    },
  },
  {
    path: `${SIRIUS}&RESPONSEFORMAT=arrow`,
    status: 200,
    type: /^application\/vnd\.apache\.arrow\.stream$/,
    check: ({ body }) => assert.ok([...tableFromIPC(body).getChild('source_id')!].includes('32349')),
  },
  {
    path: `${SIRIUS}&RESPONSEFORMAT=parquet`,
    status: 200,
    type: /^application\/vnd\.apache\.parquet$/,
    check: ({ body }) => {
      assert.equal(body.toString('latin1', 0, 4) + body.toString('latin1', body.length - 4), 'PAR1PAR1');
      assert.match(body.toString('latin1'), /QUERY_STATUS" value="OK"/);
    },
  },
  { path: `${SIRIUS}&RESPONSEFORMAT=csv`, status: 200, type: /^text\/csv/, says: /^32349,/m },
  { path: `${SIRIUS}&RESPONSEFORMAT=tsv`, status: 200, type: /^text\/tab-separated/, says: /^32349\t/m },
  { path: `${SIRIUS}&RESPONSEFORMAT=json`, status: 200, type: /^application\/json/, check: isJson },
  { path: SIRIUS, headers: { Accept: 'text/csv' }, status: 200, type: /^text\/csv/ },
  { path: `${SIRIUS}&MAXREC=0`, status: 200, says: /QUERY_STATUS" value="OVERFLOW"/ },
  { path: '/scs/hipparcos.stars?RA=0&DEC=90&SR=5&MAXREC=3', status: 200, says: /value="OVERFLOW"/ },
  {
    path: '/scs/hipparcos.stars?RA=0&DEC=0&SR=0',
    status: 200,
    says: /<FIELD name="source_id"/,
  },
  {
    path: '/scs/hipparcos.stars?RA=359.99&DEC=0&SR=20&RESPONSEFORMAT=csv',
    status: 200,
    check: hasRows(2000),
  },
  { path: '/scs/dso.objects?RA=10.68&DEC=41.27&SR=1', status: 200, says: /M31|NGC224|NGC ?224/ },
  {
    path: SIRIUS,
    method: 'HEAD',
    status: 200,
    type: VOTABLE,
    check: (answer, text) => {
      hasNoBody(answer, text);
      assert.match(answer.headers['almagest-release'] as string, /^\d{4}-\d\d-\d\d/);
    },
  },
  {
    path: '/scs/hipparcos.stars',
    method: 'OPTIONS',
    headers: { Origin: 'https://aladin.example', 'Access-Control-Request-Method': 'GET' },
    status: 204,
    check: ({ headers }) => {
      assert.equal(headers['access-control-allow-origin'], '*');
      assert.match(headers['access-control-allow-methods']!, /GET/);
    },
  },
  { path: SIRIUS, headers: gzipped, status: 200, says: /<TD>32349<\/TD>/, check: isGzip },
  { path: SIRIUS, headers: { 'Accept-Encoding': 'identity' }, status: 200, check: isPlain },
  { path: SIRIUS, status: 200, check: isPlain },
  {
    path: '/scs/hipparcos.stars',
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'RA=101.287&DEC=-16.716&SR=0.5',
    status: 200,
    says: /<TD>32349<\/TD>/,
  },
  cones('?SR=0.5&RESPONSEFORMAT=csv', 'text/csv', 'RA,DEC\n101.287,-16.716\n', { says: /^1,32349,/m }),
  cones('?SR=0.5&NEAREST=1', 'application/json', '[{"ra": 101.287, "dec": -16.716, "id": "Sirius"}]', {
    type: VOTABLE,
    says: /<TD>Sirius<\/TD><TD>32349<\/TD>/,
  }),
  cones('?NEAREST=2&UNMATCHED=keep&VERB=3&RESPONSEFORMAT=votable/b2', 'text/csv', 'ID,RA,DEC\n7,0,90\n', {
    says: /<FIELD name="position"[^>]*datatype="long"/,
  }),
  cones('', 'application/x-www-form-urlencoded', 'SR=0.5&MAXREC=0&POSITIONS=RA,DEC%0A101.287,-16.716', {
    says: /value="OVERFLOW"/,
  }),
  cones('?SR=1e-9&RESPONSEFORMAT=csv', 'text/csv', `RA,DEC\n${'10.5,-20.25\n'.repeat(50_000)}`, {
    check: (_, text) => assert.match(text, /^position,source_id,.*\r\n$/),
  }),
  cones('?SR=0.5', 'text/csv', 'RA,DEC\n1,2\n3,91\n', {
    status: 400,
    says: /Line 3, column DEC/,
    type: VOTABLE,
  }),
  cones('?SR=0.5', 'text/csv', `RA,DEC\n${'1,2,3\n'.repeat(1_000_000)}`, { status: 413, says: /4194304/ }),
  cones('?SR=0.5', 'application/x-votable+xml', '<VOTABLE/>', { status: 415, says: /ofmt=csv/ }),
  { path: '/scs/hipparcos.stars/cones', status: 405, says: /GET is not possible here/ },
  {
    ...refused('', /application\/x-www-form-urlencoded/, 415),
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"RA":101.287}',
  },
  {
    ...refused('', /65536/, 413),
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `RA=1&DEC=1&SR=1&X=${'x'.repeat(70_000)}`,
  },
  {
    path: SIRIUS,
    method: 'DELETE',
    status: 405,
    check: ({ headers }) => assert.match(headers.allow!, /GET/),
  },

  refused('', /RA/),
  refused('?RA=10&SR=1', /DEC/),
  refused('?RA=10&DEC=20', /SR/),
  refused('?RA=NaN&DEC=20&SR=1', /RA.*NaN/),
  refused('?RA=inf&DEC=20&SR=1', /RA.*inf/),
  refused('?RA=1e400&DEC=20&SR=1', /RA.*1e400/),
  refused('?RA=12:30:00&DEC=20&SR=1', /RA.*12:30:00/),
  refused('?RA=&DEC=20&SR=1', /RA/),
  refused('?RA=10&RA=11&DEC=20&SR=1', /RA/),
  refused('?RA=10&DEC=90.5&SR=1', /DEC.*90/),
  refused('?RA=361&DEC=0&SR=1', /RA.*360/),
  refused('?RA=10&DEC=20&SR=-1', /SR/),
  refused('?RA=10&DEC=20&SR=21', /SR.*20/),
  refused('?RA=10&DEC=20&SR=1&MAXREC=-1', /MAXREC/),
  refused('?RA=10&DEC=20&SR=1&VERB=9', /VERB/),
  refused('?RA=10&DEC=20&NEAREST=0', /NEAREST.*10000/),
  refused('?RA=10&DEC=20&SR=1&RESPONSEFORMAT=pdf', /RESPONSEFORMAT.*pdf/i),
  refused('@2001-01-01?RA=10&DEC=20&SR=1', /2001-01-01/, 404),
  { ...refused('', /hipparcos\.stars/, 404), path: '/scs/hiparcos.stars?RA=10&DEC=20&SR=1' },
  { ...refused('', /\S/, 414), path: `${SIRIUS}&X=${'x'.repeat(60_000)}` },
];

describe('one bundle, two homes', { concurrency: false }, () => {
  let bucket: string;
  let bare: RunningService;
  let r2: RunningService;

  before(async () => {
    bucket = await mkdtemp(join(tmpdir(), 'almagest-service-'));
    await cp(await demoBucket(), bucket, { recursive: true });
    [bare, r2] = await Promise.all([
      startService({ bucketFolder: bucket }),
      startWranglerR2({ bucketFolder: bucket }),
    ]);
  });

  after(async () => {
    await Promise.all([bare.close(), r2.close()]);
    await rm(bucket, { recursive: true, force: true });
  });

  for (const wanted of CASES) {
    test(nameOf(wanted), async () => {
      const answers = await Promise.all([bare, r2].map(({ url }) => request(url + wanted.path, wanted)));
      const texts = answers.map(textOf);
      for (const [at, answer] of answers.entries()) verify(answer, texts[at]!, wanted);
      const [ofBare, ofR2] = [bare, r2].map(({ url }, at) => texts[at]!.replaceAll(url, 'http://service'));
      assert.equal(ofBare, ofR2);
      for (const header of [
        'content-type',
        'etag',
        'almagest-release',
        'almagest-engine',
        'cache-control',
        'vary',
      ]) {
        assert.equal(answers[0]!.headers[header], answers[1]!.headers[header], header);
      }
    });
  }

  test('a body that breaks off, and a Host that is none, are the faults of the client', async () => {
    const form =
      'POST /scs/hipparcos.stars HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n';
    const broken = await rawRequest(bare.url, `${form}Transfer-Encoding: chunked\r\n\r\nno number\r\n`);
    assert.match(broken, /^HTTP\/1\.1 400 [\s\S]*The body of the request broke off/);
    for (const path of ['/', '/capabilities', '/scs/hipparcos.stars/capabilities']) {
      const { status, body } = await request(bare.url + path, { headers: { Host: 'a"><b' } });
      assert.equal(status, 400, path);
      assert.match(body.toString('utf8'), /Host/);
    }
  });

  test('an answer is not sent again to who has it', async () => {
    for (const { url } of [bare, r2]) {
      const first = await request(url + SIRIUS);
      const again = await request(url + SIRIUS, { headers: { 'If-None-Match': first.headers.etag! } });
      assert.equal(again.status, 304);
      assert.equal(again.body.length, 0);
      const other = await request(`${url}${SIRIUS}1`, { headers: { 'If-None-Match': first.headers.etag! } });
      assert.equal(other.status, 200);
    }
  });
});

/** What comes back on a connection that sends just this. */
async function rawRequest(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(text);
  return Buffer.concat(await socket.toArray()).toString('utf8');
}

function nameOf({ method = 'GET', path, headers = {}, status }: Case): string {
  const address = path.length > 120 ? `${path.slice(0, 100)}… (${path.length} characters)` : path;
  const shown = Object.entries(headers).map(([name, value]) => ` ${name}: ${value}`);
  return `${method} ${address}${shown.join('')} → ${status}`;
}

function textOf({ headers, body }: Answer): string {
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
}

function verify(answer: Answer, text: string, { status, says, type, check }: Case): void {
  assert.equal(answer.status, status, text);
  if (type) assert.match(answer.headers['content-type']!, type);
  if (says) assert.match(text, says);
  check?.(answer, text);
}

function hasNoBody({ body }: Answer, _text: string): void {
  assert.equal(body.length, 0);
}

function isWhole({ headers, body }: Answer): void {
  assert.equal(Number(headers['content-length']), body.length);
}

function isGzip({ headers }: Answer): void {
  assert.equal(headers['content-encoding'], 'gzip');
  assert.match(headers.vary!, /Accept-Encoding/i);
}

function isPlain({ headers }: Answer, text: string): void {
  assert.equal(headers['content-encoding'], undefined);
  assert.match(text, /^<\?xml/);
}

function isJson(_: Answer, text: string): void {
  assert.doesNotThrow(() => JSON.parse(text));
}

function hasRows(least: number) {
  return (_: Answer, text: string) =>
    assert.ok(text.split('\n').length > least, `${text.split('\n').length} lines`);
}
