import { setTimeout as sleep } from 'node:timers/promises';
import { createCatalogs } from '../../../engine/catalog/catalogs.ts';
import type { DuckdbFault, DuckdbQuery } from '../../../engine/duckdb/query.ts';
import { folderStorage } from '../../../engine/storage/folder.ts';
import type { BenchCatalog } from '../catalogs.ts';
import type { IsolateMemory } from '../heap.ts';
import { integer, megabytes } from '../report.ts';
import type { Section } from '../section.ts';
import { startInspectedWorker } from '../service.ts';

const LIMIT = 128e6;
/** Milliseconds between two looks at the memory. */
const SAMPLING = 100;

/** Queries of all kinds about positions, which fit into DuckDB's memory, with what becomes of them. */
const QUERIES: readonly {
  readonly sql: string;
  readonly fault: DuckdbFault['fault'] | null;
  readonly deadline?: number;
}[] = [
  { sql: 'SELECT count(*) AS r0 FROM t0', fault: null },
  { sql: 'SELECT floor(c1) AS r0, count(*) AS r1, avg(c2) AS r2 FROM t0 GROUP BY 1', fault: null },
  { sql: 'SELECT c1 AS r0, c2 AS r1 FROM t0 ORDER BY c1 LIMIT 1000', fault: null },
  { sql: 'SELECT c1 AS r0, c2 AS r1 FROM t0 LIMIT 200000', fault: null },
  {
    sql: 'SELECT max(length(x)) AS r0 FROM (SELECT DISTINCT repeat(c1::VARCHAR, 500) AS x FROM t0)',
    fault: 'memory',
  },
  {
    sql: 'SELECT sum(list_sum(list_transform(range(300), lambda n: sin(n * c1)))) AS r0 FROM t0',
    fault: 'deadline',
    deadline: 200,
  },
  { sql: 'SELECT count(*) AS r0 FROM t0 AS a, t0 AS b WHERE a.c1 * b.c2 < 1', fault: 'deadline' },
  { sql: "SELECT CASE WHEN c1 > -1 THEN error('no') END AS r0 FROM t0", fault: 'query' },
  { sql: 'SELECT count(*) AS r0 FROM t0', fault: null },
];

/** The size of DuckDB's isolate while whole tables are loaded, and queries fail in each way. */
export const duckdbSection: Section = async ({ catalog, quick, say }, report) => {
  say('memory of DuckDB’s worker');
  const service = await startInspectedWorker('duckdb', catalog.bucketFolder);
  try {
    const release = (await createCatalogs(folderStorage(catalog.bucketFolder), 0).open(catalog.name))!;
    const ask = (query: (typeof QUERIES)[number]) =>
      answerOf(service.url, requestOf(catalog, release.manifest.release, query));
    await ask(QUERIES[0]!);
    let peak = await service.isolate.memory();
    let ended = false;
    const watching = (async () => {
      while (!ended) {
        const memory = await service.isolate.memory();
        if (memory.total > peak.total) peak = memory;
        await sleep(SAMPLING);
      }
    })();
    const unexpected: string[] = [];
    let asked = 0;
    for (let round = 0; round < (quick ? 1 : 5); round++) {
      for (const query of QUERIES) {
        const fault = await ask(query);
        asked++;
        if (fault !== query.fault) unexpected.push(`${query.sql}: ${fault ?? 'an answer'}`);
      }
    }
    ended = true;
    await watching;
    const held: IsolateMemory = await service.isolate.held();
    const { total, objects, buffers, wasm } = peak;
    report({
      what: 'memory of DuckDB’s isolate at most',
      target: '< 128 MB, answers after each failure',
      measured: `${megabytes(total)}: ${integer(objects / 1e6)} objects, ${integer(buffers / 1e6)} buffers, ${integer(wasm / 1e6)} wasm`,
      bare: `${megabytes(held.total)} once garbage is collected; ${asked} queries, ${unexpected.length} not as expected`,
      ratio: null,
      ok: total < LIMIT && unexpected.length === 0,
      values: {
        peakBytes: peak,
        heldBytes: held,
        asked,
        unexpected,
        resident: service.usage()?.peak ?? null,
      },
    });
  } finally {
    await service.close();
  }
};

function requestOf(
  { name }: BenchCatalog,
  release: string,
  { sql, deadline = 30_000 }: (typeof QUERIES)[number],
): DuckdbQuery {
  return {
    sql,
    parameters: [],
    quick: null,
    tables: [{ name: 't0', catalog: name, release, columns: [1, 2], healpix: false, ranges: null }],
    rows: 1_000_000,
    pieces: null,
    deadline,
  };
}

/** The fault of an answer, null for one with rows. */
async function answerOf(url: string, query: DuckdbQuery): Promise<DuckdbFault['fault'] | null> {
  const response = await fetch(`${url}/query`, { method: 'POST', body: JSON.stringify(query) });
  const body = new Uint8Array(await response.arrayBuffer());
  if (response.ok) return null;
  return (JSON.parse(new TextDecoder().decode(body)) as DuckdbFault).fault;
}
