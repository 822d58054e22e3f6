import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { after, before, describe } from 'node:test';
import type pg from 'pg';
import { connect } from '../catalog-export/database/connect.ts';
import { until } from './almagest.ts';
import { type RunningWorkers, startService } from './service.ts';

const ENGINES = ['duckdb', 'postgresql'];
const CSV = `id,ra,dec,name,seen,ok,2MASS,select
1,101.2872,-16.7161,Sirius,2020-01-01T00:00:00.5,true,a,1
2,279.2347,38.7837,"Vega, é",,false,,2
3,,,none,2021-01-01,,c,3
`;
const NEAR = 'DISTANCE(u.ra, u.dec, s.ra, s.dec) < 10 / 3600.';
/** One row of a column of each kind, in TABLEDATA. */
const KINDS = `<VOTABLE><RESOURCE><TABLE>
<FIELD name="bits" datatype="boolean" arraysize="*"/><FIELD name="byte" datatype="unsignedByte"/>
<FIELD name="short" datatype="short"/><FIELD name="long" datatype="long"/><FIELD name="float" datatype="float" unit="mag" ucd="phot.mag"/>
<FIELD name="grid" datatype="int" arraysize="3x2"/><FIELD name="p" datatype="double" arraysize="2" xtype="point" unit="deg"/>
<FIELD name="word" datatype="unicodeChar" arraysize="*"><DESCRIPTION>A word</DESCRIPTION></FIELD>
<DATA><TABLEDATA><TR><TD>T F T</TD><TD>255</TD><TD>-7</TD><TD>9007199254740993</TD><TD>0.1</TD><TD>1 2 3 4 5 6</TD><TD>10 20</TD><TD>星 &amp; é</TD></TR>
<TR><TD/><TD/><TD/><TD/><TD/><TD/><TD/><TD/></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>`;

describe('tables that come with a query', { concurrency: false }, () => {
  let service: RunningWorkers;
  let owner: pg.Client;
  let files: Server;
  let port: number;

  before(async () => {
    files = createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://x');
      if (pathname === '/stars.csv') return response.end(CSV);
      if (pathname === '/moved') return response.writeHead(302, { location: '/stars.csv' }).end();
      if (pathname === '/round') return response.writeHead(301, { location: '/round' }).end();
      if (pathname === '/away')
        return response.writeHead(302, { location: `http://127.0.0.2:${port}/stars.csv` }).end();
      if (pathname === '/file') return response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      if (pathname === '/claims') return response.writeHead(200, { 'content-length': '10000000000' }).end();
      return response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => files.listen(0, '0.0.0.0', resolve));
    ({ port } = files.address() as AddressInfo);
    const variables = { NETWORK: '127.0.0.1/32', TAP_UPLOAD_BYTES: '100000' };
    service = await startService({ tap: true, database: true, variables });
    owner = await connect(service.databaseUrl!);
  });
  after(async () => {
    files?.closeAllConnections();
    files?.close();
    await owner?.end();
    await service?.close();
  });

  async function ask(
    QUERY: string,
    file: BlobPart | null,
    more: Record<string, string> = {},
  ): Promise<{ status: number; engine: string | null; text: string }> {
    const form = new FormData();
    const fields = { LANG: 'ADQL', QUERY, FORMAT: 'csv', UPLOAD: 'mine,param:file', ...more };
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    if (file !== null) form.set('file', new File([file], 'stars.csv', { type: 'image/png' }));
    const answer = await fetch(`${service.url}/tap/sync`, { method: 'POST', body: form });
    const engine = answer.headers.get('almagest-engine');
    return { status: answer.status, engine, text: await answer.text() };
  }

  async function both(query: string, file: BlobPart): Promise<string> {
    const answers = [];
    for (const ENGINE of ENGINES) answers.push(await ask(query, file, { ENGINE }));
    const [edge, database] = answers;
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
      `${edge!.text}${database!.text}`,
    );
    assert.deepEqual(
      answers.map(({ engine }) => engine),
      ['edge', 'postgresql'],
    );
    assert.equal(edge!.text, database!.text);
    return edge!.text;
  }

  test('both engines give back what came, with names that need quotes', async () => {
    const text = await both('SELECT * FROM TAP_UPLOAD.mine ORDER BY id', CSV);
    assert.equal(text, CSV.replace('2021-01-01,', '2021-01-01T00:00:00,').replaceAll('\n', '\r\n'));
    const quoted = 'SELECT m."2MASS", m."select" FROM tap_upload.MINE AS m WHERE m."2MASS" = \'c\'';
    assert.equal(await both(quoted, CSV), '2MASS,select\r\nc,3\r\n');
    assert.equal(await both('SELECT COUNT(*) AS n FROM TAP_UPLOAD.mine', CSV), 'n\r\n3\r\n');
  });

  test('both engines take values of all types', async () => {
    const text = await both('SELECT * FROM TAP_UPLOAD.mine', KINDS);
    assert.equal(
      text,
      'bits,byte,short,long,float,grid,p,word\r\ntrue false true,255,-7,9007199254740993,0.1,1 2 3 4 5 6,10 20,星 & é\r\n,,,,,,,\r\n',
    );
    const inside =
      'SELECT grid[2][1] AS g, word FROM TAP_UPLOAD.mine WHERE 1 = CONTAINS(p, CIRCLE(10, 20, 1))';
    assert.equal(await both(inside, KINDS), 'g,word\r\n4,星 & é\r\n');
    const { text: header } = await ask('SELECT "float", word, "float" * 2 AS d FROM TAP_UPLOAD.mine', KINDS, {
      FORMAT: 'votable/td',
    });
    assert.match(header, /<FIELD name="float" datatype="float" unit="mag" ucd="phot.mag"\/>/);
    assert.match(header, /<DESCRIPTION>A word<\/DESCRIPTION>/);
    assert.match(header, /<FIELD name="d" datatype="double" unit="mag"/);
  });

  test('positions are joined with a catalogue, of which only what is near is read', async () => {
    const query = `SELECT u.name, s.source_id, u.seen FROM TAP_UPLOAD.mine AS u JOIN hipparcos.stars AS s ON ${NEAR} ORDER BY s.source_id`;
    const text = await both(query, CSV);
    assert.equal(text, 'name,source_id,seen\r\nSirius,32349,2020-01-01T00:00:00.5\r\n"Vega, é",91262,\r\n');
    const { text: plan } = await ask(query, CSV, { PLAN: 'json' });
    const [, stars] = JSON.parse(plan).tables;
    assert.equal(JSON.parse(plan).engine, 'duckdb');
    assert.ok(stars.rows < 100, plan);
    assert.equal(
      await both(
        `SELECT u.id, s.source_id FROM TAP_UPLOAD.mine AS u LEFT JOIN hipparcos.stars AS s ON ${NEAR} ORDER BY u.id`,
        CSV,
      ),
      'id,source_id\r\n1,32349\r\n2,91262\r\n3,\r\n',
    );
  });

  test('several uploads, each under its name', async () => {
    const form = new FormData();
    const query = 'SELECT a.x, b.y FROM TAP_UPLOAD.a AS a JOIN TAP_UPLOAD."B b" AS b USING (k) ORDER BY x';
    for (const [name, value] of Object.entries({
      LANG: 'ADQL',
      FORMAT: 'csv',
      QUERY: query,
      UPLOAD: 'a,param:one;"B b",param:two',
    }))
      form.set(name, value);
    form.set('one', new File(['k,x\n1,10\n2,20\n'], 'a'));
    form.set('two', 'k,y\n2,left\n1,right\n');
    for (const ENGINE of ENGINES) {
      form.set('ENGINE', ENGINE);
      const answer = await fetch(`${service.url}/tap/sync`, { method: 'POST', body: form });
      assert.equal(await answer.text(), 'x,y\r\n10,right\r\n20,left\r\n');
      assert.equal(answer.headers.get('cache-control'), 'no-store');
    }
  });

  test('a table at an address, also where it has moved', async () => {
    for (const path of ['stars.csv', 'moved']) {
      const { status, text } = await ask('SELECT COUNT(*) AS n FROM TAP_UPLOAD.mine', null, {
        UPLOAD: `mine,http://127.0.0.1:${port}/${path}`,
      });
      assert.equal(status, 200, text);
      assert.equal(text, 'n\r\n3\r\n');
    }
  });

  for (const [what, path, status, message] of [
    [
      'of a network that is not this service’s to see',
      'http://127.0.0.2:PORT/stars.csv',
      400,
      /cannot be fetched: nobody answered there, or it is no public address/,
    ],
    [
      'of such a network by its name',
      'http://localhost.localdomain:PORT/stars.csv',
      400,
      /cannot be fetched/,
    ],
    [
      'that leads to such a network',
      'http://127.0.0.1:PORT/away',
      400,
      /cannot be fetched: nobody answered there/,
    ],
    ['that leads to a file', 'http://127.0.0.1:PORT/file', 400, /not of http:\/\/ or https:\/\//],
    ['that leads to itself', 'http://127.0.0.1:PORT/round', 400, /leads to others, more than 5 times/],
    ['of nothing', 'http://127.0.0.1:PORT/gone', 400, /answered with status 404/],
    ['with a password', 'http://a:b@127.0.0.1:PORT/stars.csv', 400, /without a password/],
    ['of 10 GB', 'http://127.0.0.1:PORT/claims', 413, /more than 100000 bytes/],
  ] as const) {
    test(`an address ${what} is refused`, async () => {
      const UPLOAD = `mine,${path.replace('PORT', String(port))}`;
      const answer = await ask('SELECT * FROM TAP_UPLOAD.mine', null, { UPLOAD });
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, /value="ERROR">The upload &quot;mine&quot; \(&quot;http:/);
      assert.match(answer.text, message);
    });
  }

  test('the log tells in a line which address was refused', async () => {
    const told = () => service.lines.some((line) => line.includes('connecting to 127.0.0.2:'));
    assert.ok(await until(async () => told()), service.lines.join('\n'));
    assert.ok(!service.lines.some((line) => line.startsWith('stack:')));
  });

  test('what is wrong with an upload is said, with its name and the place', async () => {
    const faults: [string, BlobPart | null, Record<string, string>, number, RegExp][] = [
      [
        'SELECT * FROM TAP_UPLOAD.mine',
        'a,b\n1\n',
        {},
        400,
        /The upload &quot;mine&quot; \(&quot;param:file&quot;\) cannot be read: row 2 has 1 values/,
      ],
      ['SELECT * FROM TAP_UPLOAD.mine', null, {}, 400, /the form has no field &quot;file&quot;/],
      [
        'SELECT * FROM TAP_UPLOAD.yours',
        CSV,
        {},
        400,
        /No table “TAP_UPLOAD\.yours” came with the query, TAP_UPLOAD\.mine has/,
      ],
      [
        'SELECT nothing FROM TAP_UPLOAD.mine',
        CSV,
        {},
        400,
        /There is no column “nothing” in TAP_UPLOAD\.mine/,
      ],
      [
        'SELECT * FROM TAP_UPLOAD.mine',
        CSV,
        { UPLOAD: 'mine,ftp://x.example/y' },
        400,
        /URI of a kind that is not taken/,
      ],
      [
        'SELECT * FROM TAP_UPLOAD.mine',
        'x'.repeat(100_001),
        {},
        413,
        /it has more than 100000 bytes, the most/,
      ],
      [
        'SELECT * FROM TAP_UPLOAD.mine',
        'x'.repeat(5_000_000),
        {},
        413,
        /uploads are longer than 100000 bytes together/,
      ],
      ['SELECT 1 / (id - 1) AS r FROM TAP_UPLOAD.mine', CSV, {}, 400, /ivision by zero/],
    ];
    for (const [query, file, more, status, message] of faults) {
      const answer = await ask(query, file, more);
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, message);
    }
  });

  test('a row that is too wide for PostgreSQL is told so, and the columns that are needed fit', async () => {
    const names = Array.from({ length: 1000 }, (_, at) => `c${at}`);
    const wide = `${names.join(',')}\n${names.map((name) => `${name} and a long text`).join(',')}\n`;
    const refused = await ask('SELECT * FROM TAP_UPLOAD.mine', wide);
    assert.equal(refused.status, 400);
    assert.match(refused.text, /row of TAP_UPLOAD\.mine is too wide for the database: of the 1000 columns/);
    assert.match(refused.text, /Name fewer of its columns/);
    const few = await ask('SELECT c7, c999 FROM TAP_UPLOAD.mine', wide, { ENGINE: 'postgresql' });
    assert.equal(few.text, 'c7,c999\r\nc7 and a long text,c999 and a long text\r\n');
  });

  test('nothing of an upload is left in the database, and none can write there', async () => {
    const { rows } = await owner.query(
      `SELECT (SELECT count(*) FROM pg_class WHERE relname LIKE 'upload\\_%')::int AS tables,
              (SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'almagest_reader%' AND xact_start < now() - interval '10 s')::int AS sessions`,
    );
    assert.deepEqual(rows, [{ tables: 0, sessions: 0 }]);
  });
});
