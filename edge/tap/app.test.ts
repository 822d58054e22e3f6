import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { folderStorage } from '../../engine/storage/folder.ts';
import { demoBucket } from '../../test/demo-release.ts';
import { duckdbOver, type TapApp, tapAppOver } from '../../test/tap-app.ts';
import { parseVotable } from '../../test/votable.ts';

const SIRIUS = `SELECT source_id, vmag FROM hipparcos.stars
WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(101.287, -16.716, 0.01))`;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  isArray: (name) =>
    ['capability', 'schema', 'table', 'column', 'languageFeatures', 'outputFormat', 'alias'].includes(name),
});

/** Parameters of a request as an address has them. */
const sync = (parameters: Record<string, string>): string => `/tap/sync?${new URLSearchParams(parameters)}`;

describe('TAP over the demo release, scans alone', () => {
  let app: TapApp;
  before(async () => {
    app = tapAppOver(folderStorage(await demoBucket()), { TAP_DEFAULT_RECORDS: '50', TAP_MAX_RECORDS: '90' });
  });

  const ask = (query: string, parameters: Record<string, string> = {}, init?: RequestInit) =>
    app.request(sync({ LANG: 'ADQL', RESPONSEFORMAT: 'votable/td', QUERY: query, ...parameters }), init);

  async function refusal(response: Response, status: number): Promise<string> {
    assert.equal(response.status, status);
    assert.equal(response.headers.get('content-type'), 'application/x-votable+xml');
    const { infos, message } = parseVotable(await response.text());
    assert.equal(infos.get('QUERY_STATUS'), 'ERROR');
    assert.doesNotMatch(message, /\bat .*:\d+:\d+|Error:|undefined/);
    return message;
  }

  test('an answer says what it is and where it comes from', async () => {
    const response = await ask(SIRIUS, { RUNID: 'first <run>', MAXREC: '7' });
    assert.equal(response.status, 200);
    assert.match(response.headers.get('almagest-release')!, /^hipparcos\.stars@\d{4}-\d\d-\d\d/);
    assert.equal(response.headers.get('almagest-engine'), 'edge');
    const { fields, rows, infos } = parseVotable(await response.text());
    assert.deepEqual(
      fields.map(({ name }) => name),
      ['source_id', 'vmag'],
    );
    assert.deepEqual(rows, [['32349', '-1.44']]);
    assert.equal(infos.get('QUERY_STATUS'), 'OK');
    assert.equal(infos.get('standardID'), 'ivo://ivoa.net/std/TAP');
    assert.equal(infos.get('engine'), 'edge');
    assert.equal(infos.get('release'), response.headers.get('almagest-release'));
    assert.equal(infos.get('QUERY')!.replaceAll('&#10;', '\n'), SIRIUS);
    assert.equal(infos.get('MAXREC'), '7');
    assert.equal(infos.get('RUNID'), 'first <run>');
  });

  test('GET and POST, forms of both kinds, names in any case', async () => {
    const parameters = { request: 'doQuery', lang: 'ADQL', FORMAT: 'csv', Query: SIRIUS };
    const form = new FormData();
    for (const [name, value] of Object.entries(parameters)) form.set(name, value);
    for (const [address, init] of [
      [sync(parameters), undefined],
      ['/tap/sync', { method: 'POST', body: new URLSearchParams(parameters) }],
      ['/tap/sync', { method: 'POST', body: form }],
      [
        sync({ lang: 'ADQL' }),
        { method: 'POST', body: new URLSearchParams({ FORMAT: 'csv', QUERY: SIRIUS }) },
      ],
    ] as const) {
      const response = await app.request(address, init);
      assert.equal(response.status, 200);
      assert.equal((await response.text()).trim(), 'source_id,vmag\r\n32349,-1.44');
    }
  });

  test('binary VOTable is the default; every format is under its media type', async () => {
    const plain = await app.request(sync({ LANG: 'ADQL', QUERY: SIRIUS }));
    assert.equal(plain.headers.get('content-type'), 'application/x-votable+xml;serialization=BINARY2');
    assert.match(await plain.text(), /<BINARY2>/);
    for (const [format, mediaType] of [
      ['votable', /^application\/x-votable\+xml;serialization=BINARY2$/],
      ['text/xml', /^text\/xml/],
      ['csv', /^text\/csv/],
      ['tsv', /^text\/tab-separated-values/],
      ['json', /^application\/json/],
      ['parquet', /^application\/vnd\.apache\.parquet/],
    ] as const) {
      const response = await ask(SIRIUS, { RESPONSEFORMAT: format });
      assert.equal(response.status, 200, format);
      assert.match(response.headers.get('content-type')!, mediaType);
      await response.arrayBuffer();
    }
    const arrow = await ask(SIRIUS, { RESPONSEFORMAT: 'arrow' });
    assert.match(arrow.headers.get('content-disposition')!, /result\.arrows/);
    assert.equal(tableFromIPC(new Uint8Array(await arrow.arrayBuffer())).get(0)!.vmag, -1.44);
  });

  test('MAXREC: an answer that was cut says so, one that just fits does not', async () => {
    const rows = async (query: string, parameters = {}) => {
      const { rows, infos } = parseVotable(await (await ask(query, parameters)).text());
      return `${rows.length} ${infos.get('QUERY_STATUS')}`;
    };
    const all = 'SELECT ra FROM hipparcos.stars';
    assert.equal(await rows(all), '50 OVERFLOW');
    assert.equal(await rows(all, { MAXREC: '1000000' }), '90 OVERFLOW');
    assert.equal(await rows(SIRIUS, { MAXREC: '1' }), '1 OK');
    assert.equal(await rows('SELECT TOP 20 ra FROM hipparcos.stars'), '20 OK');
    assert.equal(await rows('SELECT TOP 20 ra FROM hipparcos.stars', { MAXREC: '19' }), '19 OVERFLOW');
  });

  test('MAXREC=0 tells the columns alone', async () => {
    for (const query of [SIRIUS, 'SELECT COUNT(*) AS n FROM dso.objects']) {
      const { fields, rows, infos } = parseVotable(await (await ask(query, { MAXREC: '0' })).text());
      assert.ok(fields.length > 0);
      assert.equal(rows.length, 0);
      assert.equal(infos.get('QUERY_STATUS'), 'OVERFLOW');
    }
  });

  for (const [query, message] of [
    ['SELECT vmagg FROM hipparcos.stars', /“vmagg” .*is “vmag” meant\? \(line 1, column 8\)/],
    ['SELECT *\nFROM hiparcos.stars', /hipparcos\.stars.* \(line 2, column 6\)/],
    ['SELECT FROM hipparcos.stars', /\(line 1, column 8\)/],
    [
      'SELECT * FROM hipparcos.stars; DROP TABLE hipparcos.stars',
      /^One query at a time: .*\(line 1, column 32\)/,
    ],
    ['SELECT * FROM pg_catalog.pg_user', /“pg_catalog\.pg_user”.*\(line 1, column 15\)/],
    [`SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)} FROM hipparcos.stars`, /nested|parenthes/i],
    ['SELECT * FROM dso.objects WHERE name = \u0000', /\(line 1, column 40\)/],
  ] as const) {
    test(`400: ${query.slice(0, 60)}`, async () => {
      for (const RESPONSEFORMAT of ['votable', 'csv']) {
        const body = new URLSearchParams({ LANG: 'ADQL', RESPONSEFORMAT, QUERY: query });
        const response = await app.request('/tap/sync', { method: 'POST', body });
        assert.match(await refusal(response, 400), message);
      }
    });
  }

  test('400: no query, a wrong parameter, an engine that is not there', async () => {
    assert.match(await refusal(await app.request('/tap/sync'), 400), /^QUERY is missing/);
    assert.match(await refusal(await ask(SIRIUS, { MAXREC: 'many' }), 400), /^MAXREC "many"/);
    assert.match(await refusal(await ask(SIRIUS, { ENGINE: 'postgresql' }), 400), /no database/);
  });

  test('413 and 414: what is too long', async () => {
    const query = `SELECT 1 FROM hipparcos.stars WHERE ra IN (${'1,'.repeat(3_000_000)}1)`;
    const body = new URLSearchParams({ LANG: 'ADQL', QUERY: query });
    assert.match(
      await refusal(await app.request('/tap/sync', { method: 'POST', body }), 413),
      /4194304 bytes/,
    );
    assert.match(
      await refusal(await ask(`${SIRIUS}${' '.repeat(9000)}`), 414),
      /send the parameters as a POST form/,
    );
  });

  test('a message does not repeat a megabyte', async () => {
    const query = `SELECT ${'x'.repeat(1_000_000)} FROM hipparcos.stars`;
    const body = new URLSearchParams({ LANG: 'ADQL', QUERY: query });
    const message = await refusal(await app.request('/tap/sync', { method: 'POST', body }), 400);
    assert.match(message, /^There is no column “xxx.*… .*\(line 1, column 8\)\.$/);
    assert.ok(message.length < 3000);
  });

  test('a query of a megabyte is read', async () => {
    const query = `${SIRIUS}${' '.repeat(1_000_000)}`;
    const body = new URLSearchParams({ LANG: 'ADQL', RESPONSEFORMAT: 'csv', QUERY: query });
    const response = await app.request('/tap/sync', { method: 'POST', body });
    assert.equal((await response.text()).trim(), 'source_id,vmag\r\n32349,-1.44');
  });

  test('405 and 404 are VOTables too', async () => {
    const response = await app.request('/tap/sync', { method: 'DELETE' });
    assert.equal(response.headers.get('allow'), 'GET, HEAD, POST, OPTIONS');
    assert.match(await refusal(response, 405), /^DELETE is not possible here, only GET, HEAD, POST/);
    assert.match(
      await refusal(await app.request('/tap/nothing'), 404),
      /sync \(queries\), async \(queries as jobs\), tables/,
    );
  });

  test('an answer is kept, under whatever its request was sent as, until its release is another', async () => {
    const first = await ask(SIRIUS);
    const etag = first.headers.get('etag')!;
    const text = await first.text();
    await app.settled();
    const again = await ask(SIRIUS);
    assert.equal(again.headers.get('almagest-engine'), 'edge');
    assert.equal(again.headers.get('etag'), etag);
    assert.equal(await again.text(), text);
    const unchanged = await ask(SIRIUS, {}, { headers: { 'if-none-match': etag } });
    assert.equal(unchanged.status, 304);
    assert.equal(await unchanged.text(), '');
    for (const other of [{ MAXREC: '3' }, { RESPONSEFORMAT: 'csv' }, { RUNID: '2' }]) {
      assert.notEqual((await ask(SIRIUS, other)).headers.get('etag'), etag);
    }
    const forced = await ask(SIRIUS, { ENGINE: 'edge' });
    assert.equal(forced.headers.get('etag'), null);
    assert.equal(forced.headers.get('cache-control'), 'no-store');
  });

  test('HEAD has the headers of GET and no body; pages of other origins may ask', async () => {
    const response = await ask(SIRIUS, {}, { method: 'HEAD' });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), '');
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
  });

  test('PLAN tells how a query would be answered', async () => {
    const text = await (await ask(SIRIUS, { PLAN: 'text' })).text();
    assert.match(text, /^Answered by the edge, by a scan: .*\nhipparcos\.stars \d{4}.*: about \d+ rows?/);
    const plan = await (await ask(SIRIUS, { PLAN: 'json' })).json();
    assert.equal(plan.engine, 'scan');
    assert.equal(plan.sql, null);
    assert.deepEqual(plan.tables[0].columns, ['source_id', 'ra', 'dec', 'vmag']);
  });

  test('capabilities name the language, its features, the formats and the limits', async () => {
    for (const address of ['/tap/capabilities', '/tap/sync?REQUEST=getCapabilities']) {
      const response = await app.request(address);
      assert.match(response.headers.get('content-type')!, /^text\/xml/);
      const text = await response.text();
      assert.equal(XMLValidator.validate(text), true);
      const { capability } = parser.parse(text)['vosi:capabilities'];
      const tap = capability.find(
        (one: { standardID: string }) => one.standardID === 'ivo://ivoa.net/std/TAP',
      );
      assert.equal(tap['xsi:type'], 'tr:TableAccess');
      assert.deepEqual(tap.interface.accessURL, { '#text': 'http://vo.example/tap', use: 'base' });
      assert.deepEqual(tap.outputLimit.hard, { '#text': '90', unit: 'row' });
      assert.equal(tap.outputFormat[0].mime, 'application/x-votable+xml;serialization=BINARY2');
      assert.ok(tap.outputFormat[0].alias.includes('votable'));
      const forms = tap.language.languageFeatures.flatMap((one: { feature: unknown }) =>
        [one.feature].flat(),
      );
      for (const form of [
        'POLYGON',
        'WITH',
        'OFFSET',
        'ivo_healpix_center(hpxOrder INTEGER, hpxIndex BIGINT) -> POINT',
      ]) {
        assert.ok(
          forms.some((one: { form: string }) => one.form === form),
          form,
        );
      }
      assert.equal(capability.length, 5);
    }
  });

  test('tables: TAP_SCHEMA among them, each at its own address too', async () => {
    const { schema } = parser.parse(await (await app.request('/tap/tables')).text())['vosi:tableset'];
    assert.deepEqual(
      schema.map(({ name }: { name: string }) => name),
      ['dso', 'hipparcos', 'tap_schema'],
    );
    const columns = schema[2].table[2].column.map(({ name }: { name: string }) => name);
    assert.ok(columns.includes('"size"') && columns.includes('column_index'));
    const one = parser.parse(await (await app.request('/tap/tables/hipparcos.stars')).text())['vosi:table'];
    assert.equal(one.name, 'hipparcos.stars');
    assert.equal(one.nrows, '118216');
    assert.match(
      await refusal(await app.request('/tap/tables/hipparcos.star'), 404),
      /no table "hipparcos\.star"\. Did you mean hipparcos\.stars\?/,
    );
    const least = await (await app.request('/tap/tables?detail=min')).text();
    assert.doesNotMatch(least, /<column/);
  });

  test('examples are well-formed, with the vocabulary of DALI, and make sense', async () => {
    const response = await app.request('/tap/examples');
    assert.match(response.headers.get('content-type')!, /^application\/xhtml\+xml/);
    const text = await response.text();
    assert.equal(XMLValidator.validate(text), true);
    assert.match(text, /vocab="http:\/\/www\.ivoa\.net\/rdf\/examples#"/);
    const queries = [...text.matchAll(/<pre property="query">(.*?)<\/pre>/gs)].map(([, query]) => query!);
    assert.equal(queries.length, 6);
    for (const query of queries) {
      const asked = query.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#39;', "'");
      assert.equal((await ask(asked, { MAXREC: '0' })).status, 200, asked);
    }
  });

  test('its page has a form that works and links that lead somewhere', async () => {
    const page = await (await app.request('/tap')).text();
    assert.match(page, /<form action="http:\/\/vo\.example\/tap\/sync"/);
    const links = [...page.matchAll(/href="(http:\/\/vo\.example\/tap\/[^"]*)"/g)].map(([, href]) => href!);
    assert.ok(links.length > 10);
    // Another worker answers there.
    assert.equal(links.filter((link) => link.includes('/tap/async/')).length, 1);
    const own = links.filter((link) => !link.includes('/tap/async/'));
    for (const link of own) assert.equal((await app.request(link)).status, 200, link);
  });

  test('availability names the releases', async () => {
    const text = await (await app.request('/tap/availability')).text();
    assert.match(text, /<vosi:available>true/);
    assert.match(text, /hipparcos\.stars: release \d{4}/);
  });
});

describe('TAP over the demo release, with DuckDB', () => {
  let app: TapApp;
  before(async () => {
    const storage = folderStorage(await demoBucket());
    app = tapAppOver(storage, {}, { duckdb: duckdbOver(storage) });
  });

  async function rowsOf(query: string): Promise<string[]> {
    const response = await app.request(sync({ LANG: 'ADQL', RESPONSEFORMAT: 'csv', QUERY: query }));
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return text.trim().split('\r\n').slice(1);
  }

  test('what a scan cannot answer', async () => {
    assert.deepEqual(await rowsOf('SELECT COUNT(*) FROM hipparcos.stars'), ['118216']);
    const brightest = 'SELECT TOP 2 source_id FROM hipparcos.stars ORDER BY vmag';
    assert.deepEqual(await rowsOf(brightest), ['32349', '30438']);
  });

  test('TAP_SCHEMA, in any case, describes what is published, and itself', async () => {
    assert.deepEqual(await rowsOf('SELECT table_name FROM TAP_SCHEMA.tables ORDER BY table_name'), [
      'dso.objects',
      'hipparcos.stars',
      'tap_schema.columns',
      'tap_schema.enumerations',
      'tap_schema.key_columns',
      'tap_schema.keys',
      'tap_schema.schemas',
      'tap_schema.tables',
    ]);
    const positions = await rowsOf(
      `SELECT c.column_name, t.schema_name FROM tap_schema.columns AS c JOIN tap_schema.tables AS t USING (table_name)
       WHERE c.ucd LIKE 'pos.eq.%;meta.main' AND c."size" IS NULL AND c.principal = 1 ORDER BY schema_name, column_index`,
    );
    assert.deepEqual(positions, ['ra,dso', 'dec,dso', 'ra,hipparcos', 'dec,hipparcos']);
  });

  test('examples run as they are, and find rows', async () => {
    const text = await (await app.request('/tap/examples')).text();
    const links = [...text.matchAll(/<a href="([^"]*)">Run it/g)].map(([, href]) =>
      href!.replaceAll('&amp;', '&'),
    );
    assert.ok(links.length >= 5);
    for (const link of links) {
      const response = await app.request(link);
      const answer = await response.text();
      assert.equal(response.status, 200, answer);
      assert.ok(answer.trim().split('\r\n').length > 1, link);
    }
  });

  test('a random answer is never kept', async () => {
    const query = 'SELECT TOP 1 RAND() AS x FROM hipparcos.stars';
    const response = await app.request(sync({ LANG: 'ADQL', QUERY: query }));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.notDeepEqual(await rowsOf(query), await rowsOf(query));
  });

  test('PLAN shows the SQL, and what it is of', async () => {
    const query = "SELECT COUNT(*) AS n FROM hipparcos.stars WHERE name = 'Sirius'";
    const plan = await (await app.request(sync({ LANG: 'ADQL', QUERY: query, PLAN: 'json' }))).json();
    assert.equal(plan.engine, 'duckdb');
    assert.match(plan.sql.text, /^SELECT .* FROM t0/s);
    assert.deepEqual(plan.sql.parameters, [{ type: 'text', value: 'Sirius' }]);
  });
});
