import assert from 'node:assert/strict';
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { type ScratchBucket, scratchBucket } from '../../test/scratch-bucket.ts';
import { partitionPaths } from '../../test/stored-row-groups.ts';
import { type Manifest, releasePrefix } from '../catalog/manifest.ts';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import { loadKernel } from '../healpix-wasm/node.ts';
import { createDuckdb, type Duckdb } from './duckdb.ts';
import { DuckdbError } from './duckdb-error.ts';
import { loadDuckdbCode } from './node.ts';
import type { DuckdbQuery, FaultKind, ReleaseTable } from './query.ts';
import { queryOf, rowsOf } from './test-answers.ts';

const STARS = 'hipparcos.stars';
const code = loadDuckdbCode();

let bucket: ScratchBucket;
let manifest: Manifest;
/** For tests that leave nothing behind that others could see. */
let shared: Duckdb;
/** As an independent reader of Parquet has them. */
let stars: Record<string, unknown>[];

before(async () => {
  bucket = await scratchBucket();
  manifest = await bucket.latest(STARS);
  shared = start();
  stars = [];
  for (const path of await partitionPaths(bucket.storage, manifest)) {
    const file = await bucket.storage.get(`${releasePrefix(STARS, manifest.release)}/${path}`);
    stars.push(...(await parquetReadObjects({ file: file!.buffer })));
  }
});
after(() => bucket.remove());

function start(memoryBytes = 96 * 2 ** 20): Duckdb {
  return createDuckdb({ reader: bucket.engine(), code, memoryBytes });
}

/** The stars as `t0`, with the columns of these names. */
function table(names: readonly string[], ranges: CellRanges | null = null): ReleaseTable {
  const columns = names.map((name) => manifest.table.columns.findIndex((column) => column.name === name));
  const digits = (cells: BigInt64Array) => Array.from(cells, String);
  return {
    name: 't0',
    catalog: STARS,
    release: manifest.release,
    columns,
    healpix: false,
    ranges: ranges && { start: digits(ranges.start), end: digits(ranges.end) },
  };
}

/** What the SQL calls a column. */
const c = (name: string) => `c${manifest.table.columns.findIndex((column) => column.name === name)}`;

function isFault(fault: FaultKind, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof DuckdbError, String(error));
    assert.equal(error.fault, fault);
    assert.match(error.message, message);
    return true;
  };
}

const readKeys = () => bucket.reads.splice(0).map(({ key }) => key);
const rowGroupReads = () => readKeys().filter((key) => key.endsWith('.parquet')).length;

describe('answers', () => {
  test('from all rows of a release', async () => {
    const duckdb = shared;
    const sql = `SELECT ${c('constellation')} AS r0, COUNT(*) AS r1, MIN(${c('vmag')}) AS r2 FROM t0 GROUP BY 1 ORDER BY 1 NULLS LAST`;
    const answered = await rowsOf(duckdb, queryOf(sql, table(['constellation', 'vmag'])));
    const named = Map.groupBy(stars, (row) => (row.constellation as string | undefined) ?? '~');
    const expected = [...named.keys()].sort().map((name) => {
      const rows = named.get(name)!;
      const brightest = Math.min(...rows.map(({ vmag }) => vmag as number));
      return [name === '~' ? null : name, BigInt(rows.length), brightest];
    });
    assert.deepEqual(answered, expected);
  });

  test('nulls and texts', async () => {
    const sql = `SELECT ${c('source_id')} AS r0, ${c('name')} AS r1, ${c('bv')} AS r2, ${c('hd')} AS r3 FROM t0 WHERE ${c('vmag')} < 3 ORDER BY 1`;
    const names = ['source_id', 'name', 'bv', 'hd', 'vmag'];
    const expected = stars
      .filter(({ vmag }) => (vmag as number) < 3)
      .map((row) => names.slice(0, 4).map((name) => row[name] ?? null))
      .sort(([a], [b]) => Number((a as bigint) - (b as bigint)));
    assert.ok(expected.some(([, name]) => name === null) && expected.some(([, name]) => name !== null));
    assert.deepEqual(await rowsOf(shared, queryOf(sql, table(names))), expected);
  });

  test('COUNT(*), which names no column', async () => {
    assert.deepEqual(await rowsOf(shared, queryOf('SELECT COUNT(*) AS r0 FROM t0', table([]))), [
      [BigInt(stars.length)],
    ]);
  });

  test('from the row groups of ranges alone', async () => {
    const duckdb = shared;
    const ranges = loadKernel().coneRanges({ lon: 83.6, lat: -5.4, radius: 2 });
    const sql = `SELECT COUNT(*) AS r0 FROM t0 WHERE almagest.point_in_circle(${c('ra')}, ${c('dec')}, 83.6, -5.4, 2)`;
    const everywhere = await rowsOf(duckdb, queryOf(sql, table(['ra', 'dec'])));
    bucket.reads.splice(0);
    assert.deepEqual(await rowsOf(duckdb, queryOf(sql, table(['ra', 'dec'], ranges))), everywhere);
    assert.ok(Number(everywhere[0]![0]) > 20);
    const rows = await rowsOf(duckdb, queryOf('SELECT COUNT(*) AS r0 FROM t0', table(['ra'], ranges)));
    assert.ok(Number(rows[0]![0]) < stars.length / 10, 'few row groups are read');
  });

  test('nothing from ranges without rows, with columns', async () => {
    const ranges = { start: new BigInt64Array(), end: new BigInt64Array(), full: new Uint8Array() };
    for (const pieces of [null, 't0']) {
      const query = queryOf(`SELECT ${c('ra')} AS r0 FROM t0`, table(['ra'], ranges), { pieces });
      assert.deepEqual(await rowsOf(shared, query), []);
    }
  });

  test('TAP_SCHEMA', async () => {
    const query: DuckdbQuery = {
      ...queryOf('SELECT c0 AS r0, c1 AS r1 FROM t0 ORDER BY 1, 2'),
      tables: [{ name: 't0', tapSchema: 'columns', columns: [0, 1] }],
    };
    const answered = (await rowsOf(shared, query)).map((row) => row.join('.'));
    for (const name of ['hipparcos.stars.ra', 'dso.objects.id', 'tap_schema.columns.ucd'])
      assert.ok(answered.includes(name), name);
  });
});

describe('a quicker statement', () => {
  test('answers where it can', async () => {
    const query = queryOf('SELECT 1 AS r0', null, { quick: 'SELECT 2 AS r0' });
    assert.deepEqual(await rowsOf(shared, query), [[2]]);
  });

  test('leaves the answer to the other where it fails', async () => {
    const count = `SELECT COUNT(*) AS r0 FROM t0 WHERE ${c('vmag')} < 3`;
    const quick = `SELECT SUM(${c('vmag')}::TINYINT / ('x' || ${c('vmag')})::TINYINT) AS r0 FROM t0`;
    const bright = stars.filter(({ vmag }) => (vmag as number) < 3).length;
    assert.deepEqual(await rowsOf(shared, queryOf(count, table(['vmag']), { quick })), [[BigInt(bright)]]);
  });

  test('is not tried again for groups for which it failed', async () => {
    const duckdb = start();
    const group = (key: string, more = '') =>
      `SELECT ${key} AS r0, COUNT(*) AS r1${more} FROM t0 WHERE ${c('vmag')} < 6 GROUP BY ${key} ORDER BY 1`;
    const usual = group(`floor(${c('ra')})`);
    const expected = await rowsOf(duckdb, queryOf(usual, table(['ra', 'vmag'])));
    const quick = group(`floor(${c('ra')})::TINYINT`);
    assert.deepEqual(await rowsOf(duckdb, queryOf(usual, table(['ra', 'vmag']), { quick })), expected);
    // It would answer now.
    const few = quick.replace('< 6', '< -10').replace('COUNT(*)', 'COUNT(*) + 1');
    assert.deepEqual(await rowsOf(duckdb, queryOf(usual, table(['ra', 'vmag']), { quick: few })), expected);
    const other = queryOf(usual, table(['ra', 'vmag']), { quick: few.replaceAll(c('ra'), c('vmag')) });
    assert.deepEqual(await rowsOf(duckdb, other), []);
  });

  test('fails as the other does', async () => {
    const query = queryOf("SELECT error('second') AS r0", null, { quick: "SELECT error('first') AS r0" });
    await assert.rejects(rowsOf(shared, query), isFault('query', /second/));
    const writing = queryOf('SELECT 1 AS r0', null, { quick: 'CREATE TABLE x AS SELECT 1' });
    await assert.rejects(rowsOf(shared, writing), isFault('query', /only a SELECT/));
  });
});

describe('piece by piece', () => {
  const kernel = loadKernel();
  /** All of the sky, for which no whole table is loaded. */
  const everywhere = () => kernel.coneRanges({ lon: 0, lat: 0, radius: 180 });

  test('the rows are the same', async () => {
    const duckdb = shared;
    const sql = `SELECT ${c('source_id')} AS r0 FROM t0 WHERE ${c('vmag')} < 6`;
    const names = ['source_id', 'vmag'];
    const whole = await rowsOf(duckdb, queryOf(sql, table(names)));
    const pieces = await rowsOf(duckdb, queryOf(sql, table(names, everywhere()), { pieces: 't0' }));
    assert.ok(whole.length > 4000);
    assert.deepEqual(pieces, whole);
  });

  test('no more is read once there are enough rows', async () => {
    const duckdb = shared;
    const query = queryOf(`SELECT ${c('ra')} AS r0 FROM t0`, table(['ra'], everywhere()), { pieces: 't0' });
    bucket.reads.splice(0);
    const all = await rowsOf(duckdb, query);
    const allReads = rowGroupReads();
    const some = await rowsOf(duckdb, { ...query, rows: 1000 });
    assert.ok(rowGroupReads() < allReads);
    assert.deepEqual(some, all.slice(0, some.length));
    assert.ok(some.length >= 1000 && some.length < all.length);
  });
});

describe('whole tables', () => {
  test('stay, and answer for fewer columns', async () => {
    const duckdb = start();
    await rowsOf(duckdb, queryOf('SELECT COUNT(*) AS r0 FROM t0', table(['ra', 'dec', 'vmag'])));
    bucket.reads.splice(0);
    const rows = await rowsOf(duckdb, queryOf(`SELECT MAX(${c('vmag')}) AS r0 FROM t0`, table(['vmag'])));
    assert.equal(rows[0]![0], Math.max(...stars.map(({ vmag }) => vmag as number)));
    assert.equal(rowGroupReads(), 0);
  });

  test('go for others where there is no room for both, and come again', async () => {
    const duckdb = start(56 * 2 ** 20);
    const sql = 'SELECT COUNT(*) AS r0 FROM t0';
    const columns = manifest.table.columns.map(({ name }) => name);
    const [first, second] = [columns, columns.slice(1)].map((names) => queryOf(sql, table(names)));
    for (const query of [second!, first!, second!]) {
      bucket.reads.splice(0);
      assert.deepEqual(await rowsOf(duckdb, query), [[BigInt(stars.length)]]);
    }
    assert.equal(rowGroupReads(), 0, 'the larger table answers for the smaller one');
    const ids = queryOf(sql, { ...table(columns.slice(1)), healpix: true });
    await rowsOf(duckdb, ids);
    bucket.reads.splice(0);
    assert.deepEqual(await rowsOf(duckdb, first!), [[BigInt(stars.length)]]);
    assert.notEqual(rowGroupReads(), 0);
  });

  test('are loaded once for queries that come together', async () => {
    const duckdb = start();
    const query = queryOf('SELECT COUNT(*) AS r0 FROM t0', table(['ra', 'dec']));
    await rowsOf(duckdb, queryOf('SELECT 1 AS r0'));
    bucket.reads.splice(0);
    await rowsOf(start(), query);
    const alone = rowGroupReads();
    await Promise.all([query, query, query].map((one) => rowsOf(duckdb, one)));
    assert.equal(rowGroupReads(), alone);
  });
});

describe('faults', () => {
  test('of the statement', async () => {
    const duckdb = shared;
    const cases: [string, RegExp][] = [
      ['SELECT nothing AS r0 FROM t0', /"nothing" not found/],
      ['SELECT sqrt(-1) AS r0', /square root of a negative/],
      ["SELECT CAST('x' AS INTEGER) AS r0", /Could not convert string 'x' to INT32/],
      ['SELECT 1 AS', /syntax error/],
    ];
    for (const [sql, message] of cases) {
      await assert.rejects(rowsOf(duckdb, queryOf(sql, table(['ra']))), isFault('query', message));
    }
    assert.deepEqual(await rowsOf(duckdb, queryOf('SELECT 42 AS r0')), [[42]]);
  });

  test('DuckDB can reach nothing and change nothing', async () => {
    const duckdb = shared;
    const [[rows]] = (await rowsOf(
      duckdb,
      queryOf('SELECT table_name AS r0 FROM duckdb_tables() ORDER BY ALL'),
    )) as [[string]];
    const statements = [
      "SELECT * FROM read_csv('/etc/passwd')",
      "SELECT * FROM glob('*')",
      "SELECT * FROM read_text('/etc/passwd')",
      "SELECT * FROM parquet_scan('http://example.org/x.parquet')",
      `WITH a AS (SELECT * FROM ${rows}) INSERT INTO ${rows} SELECT * FROM a`,
      `WITH a AS (SELECT 1) DELETE FROM ${rows}`,
    ];
    for (const sql of statements) {
      await assert.rejects(
        rowsOf(duckdb, queryOf(sql)),
        isFault('query', /Permission Error|is not in the catalog|read-only/),
        sql,
      );
    }
    const settings =
      "SELECT name AS r0, value AS r1 FROM duckdb_settings() WHERE name IN ('lock_configuration', 'enable_external_access', 'autoload_known_extensions', 'temp_directory') ORDER BY 1";
    assert.deepEqual(await rowsOf(duckdb, queryOf(settings)), [
      ['autoload_known_extensions', 'false'],
      ['enable_external_access', 'false'],
      ['lock_configuration', 'true'],
      ['temp_directory', ''],
    ]);
  });

  test('a join that would take too long is not begun', async () => {
    const nearby = `a.${c('ra')} * b.${c('dec')} < 1`;
    const all = table(['ra', 'dec']);
    for (const [sql, names] of [
      [`SELECT COUNT(*) AS r0 FROM t0 a, t1 b WHERE ${nearby}`, ['t0', 't1']],
      [`SELECT COUNT(*) AS r0 FROM t0 a, t0 b WHERE ${nearby}`, ['t0']],
      [`WITH x AS (SELECT * FROM t0) SELECT COUNT(*) AS r0 FROM x a, x b WHERE ${nearby}`, ['t0']],
    ] as const) {
      const tables = names.map((name) => ({ ...all, name }));
      await assert.rejects(
        rowsOf(shared, queryOf(sql, null, { tables, deadline: 10_000 })),
        isFault('deadline', /too many pairs of rows/),
      );
    }
  });

  test('the deadline, while rows are loaded and while they are looked at', async () => {
    const duckdb = shared;
    const query = queryOf(
      `SELECT COUNT(DISTINCT sin(${c('ra')} + ${c('dec')})) AS r0 FROM t0`,
      table(['ra', 'dec']),
      { deadline: 1 },
    );
    const late = isFault('deadline', /more than 0.001 s/);
    await assert.rejects(rowsOf(duckdb, query), late);
    await rowsOf(duckdb, { ...query, sql: 'SELECT COUNT(*) AS r0 FROM t0', deadline: 60_000 });
    await assert.rejects(rowsOf(duckdb, query), late);
    assert.deepEqual(await rowsOf(duckdb, queryOf('SELECT 42 AS r0')), [[42]]);
  });

  test('too little memory for a table, or for a query', async () => {
    const duckdb = start(56 * 2 ** 20);
    const columns = manifest.table.columns.map(({ name }) => name);
    const two = [
      { ...table(columns), name: 't0' },
      { ...table(columns.slice(1)), name: 't1', healpix: true },
    ];
    await assert.rejects(
      rowsOf(duckdb, { ...queryOf('SELECT 1 AS r0'), tables: two }),
      isFault('memory', /the rows that the query reads take \d+ MB/),
    );
    const hungry = `SELECT SUM(LENGTH(r)) AS r0 FROM (SELECT DISTINCT repeat(CAST(${c('source_id')} AS VARCHAR), 100) AS r FROM t0)`;
    await assert.rejects(
      rowsOf(duckdb, queryOf(hungry, table(['source_id']))),
      isFault('memory', /more memory/),
    );
    await assert.rejects(
      rowsOf(duckdb, queryOf("SELECT LENGTH(repeat('x', 2000000000)) AS r0")),
      isFault('memory', /more memory/),
    );
    const sum = await rowsOf(
      duckdb,
      queryOf(`SELECT COUNT(DISTINCT ${c('source_id')}) AS r0 FROM t0`, table(['source_id'])),
    );
    assert.deepEqual(sum, [[BigInt(stars.length)]]);
  });

  test('a release that is not there, or damaged', async () => {
    const query = queryOf('SELECT COUNT(*) AS r0 FROM t0', table(['ra']));
    const absent = { ...table(['ra']), release: '2001-01-01' };
    await assert.rejects(
      rowsOf(start(), { ...query, tables: [absent] }),
      isFault('release', /no release 2001-01-01 of hipparcos.stars/),
    );
    const [path] = await partitionPaths(bucket.storage, manifest);
    const key = `${releasePrefix(STARS, manifest.release)}/${path}`;
    const whole = await readFile(join(bucket.folder, key));
    const damaged = Uint8Array.from(whole);
    damaged.fill(7, 100, 50_000);
    const duckdb = start();
    try {
      await bucket.storage.put(key, damaged);
      await assert.rejects(rowsOf(duckdb, query), isFault('release', /its checksum differs/));
      await truncate(join(bucket.folder, key), 1000);
      await assert.rejects(rowsOf(duckdb, query), isFault('release', /is truncated/));
    } finally {
      await bucket.storage.put(key, whole);
    }
    assert.deepEqual(await rowsOf(duckdb, query), [[BigInt(stars.length)]]);
  });
});

describe('queries side by side', () => {
  test('a short one is answered while a long one runs', async () => {
    const order: string[] = [];
    const times = Array.from({ length: 20 }, (_, factor) => {
      return `SELECT COUNT(DISTINCT sin(${factor} * ${c('ra')})) AS n FROM t0`;
    });
    const long = queryOf(`SELECT SUM(n)::BIGINT AS r0 FROM (${times.join(' UNION ALL ')})`, table(['ra']));
    await rowsOf(shared, { ...long, sql: 'SELECT COUNT(*) AS r0 FROM t0' });
    const [slow, quick] = await Promise.all([
      rowsOf(shared, long).finally(() => order.push('long')),
      rowsOf(shared, queryOf('SELECT 42 AS r0')).finally(() => order.push('short')),
    ]);
    assert.deepEqual(order, ['short', 'long']);
    assert.deepEqual(quick, [[42]]);
    assert.ok(Number(slow[0]![0]) > 1_000_000);
  });

  test('a table is loaded while rows of another wait to be read', async () => {
    const duckdb = start();
    const rows = duckdb.answer(queryOf(`SELECT ${c('ra')} AS r0 FROM t0`, table(['ra'])), null);
    await rows.next();
    const loaded = await rowsOf(duckdb, queryOf('SELECT COUNT(*) AS r0 FROM t0', table(['dec', 'vmag'])));
    assert.deepEqual(loaded, [[BigInt(stars.length)]]);
    assert.equal((await rows.next()).done, false);
    await rows.return();
  });

  test('one that nobody waits for ends, and gives its tables back', async () => {
    const ranges = loadKernel().coneRanges({ lon: 0, lat: 0, radius: 180 });
    const query = queryOf(`SELECT ${c('ra')} AS r0 FROM t0`, table(['ra'], ranges));
    const tables = queryOf('SELECT COUNT(*) AS r0 FROM duckdb_tables()');
    const before = await rowsOf(shared, tables);
    const left = new AbortController();
    const answer = rowsOf(shared, query, left.signal);
    left.abort(new Error('the client has left'));
    await assert.rejects(answer, /the client has left/);
    assert.deepEqual(await rowsOf(shared, tables), before);
    const rows = shared.answer(query, null);
    assert.ok((await rows.next()).value!.length > 0);
    assert.notDeepEqual(await rowsOf(shared, tables), before);
    await rows.return();
    assert.deepEqual(await rowsOf(shared, tables), before);
  });
});
