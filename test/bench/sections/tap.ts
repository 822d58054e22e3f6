import { startDemoDatabase } from '../../demo-database.ts';
import { startService } from '../../service.ts';
import type { BenchCatalog } from '../catalogs.ts';
import { randomCones } from '../cones.ts';
import { median } from '../load.ts';
import { psqlSeconds } from '../psql.ts';
import { integer, megabytes, milliseconds } from '../report.ts';
import type { Report, Section } from '../section.ts';
import { openConnection } from '../wire.ts';

/** What DaCHS 2.7 with Q3C took on such a machine for 2.5 million stars, milliseconds; the edge shall take a fifth of it. */
const DACHS = { cone: 30, groups: 210, rows100k: 610, rows1m: 5100 } as const;
const FASTER = 5;

/** Milliseconds beyond which a look-up by an index would be none. */
const LOOK_UP = 10;

interface Figure {
  readonly what: string;
  /** Of milliseconds; null where it is only to be known. */
  readonly target: number | null;
  /** The nth query; each is another, so that no answer is one that was kept. */
  readonly query: (nth: number) => string;
  readonly format: 'votable' | 'csv';
  readonly rows?: number;
  /** Asked so often, after as many to warm up. */
  readonly times: number;
  readonly engine?: 'postgresql';
}

/** Queries at the edge, each with other constants; PostgreSQL's beside psql's of the same SQL. */
export const tapSection: Section = async ({ catalog, quick, say }, report) => {
  say('loading the database of TAP');
  const database = await startDemoDatabase(catalog.load);
  try {
    const service = await startService({
      bucketFolder: catalog.bucketFolder,
      tap: true,
      database: database.reader,
    });
    try {
      for (const figure of edgeFigures(catalog, quick)) {
        say(figure.what);
        await measure(service.url, figure, report);
      }
      await measureKept(service.url, catalog, report);
      for (const figure of databaseFigures(catalog, quick)) {
        say(figure.what);
        await besidePsql(service.url, database.url, figure, report);
      }
    } finally {
      await service.close();
    }
  } finally {
    await database.close();
  }
};

function edgeFigures({ name, magnitude, positions }: BenchCatalog, quick: boolean): Figure[] {
  const rows = positions.ra.length;
  const cones = randomCones(positions, 50, [0.1, 0.5], 'stars');
  const cone = (nth: number) => {
    const { ra, dec, radius } = cones[nth % cones.length]!;
    // The cones that warm up are the same but for a little.
    return `CIRCLE(${ra}, ${dec}, ${radius + (nth < cones.length ? 0 : 1e-5)})`;
  };
  const few = quick ? 2 : 5;
  const some = (count: number) => Math.min(count, rows);
  return [
    {
      what: 'TAP: TOP 100 of a cone',
      target: DACHS.cone / FASTER,
      query: (nth) => `SELECT TOP 100 * FROM ${name} WHERE 1 = CONTAINS(POINT(ra, dec), ${cone(nth)})`,
      format: 'votable',
      times: cones.length,
    },
    {
      what: 'TAP: the nearest 100 of a cone, in order',
      target: null,
      query: (nth) => {
        const { ra, dec } = cones[nth % cones.length]!;
        const distance = `DISTANCE(ra, dec, ${ra}, ${dec})`;
        return `SELECT TOP 100 source_id, ${distance} AS d FROM ${name} WHERE 1 = CONTAINS(POINT(ra, dec), ${cone(nth)}) ORDER BY d`;
      },
      format: 'votable',
      times: cones.length,
    },
    {
      what: `TAP: GROUP BY over ${integer(rows)} rows`,
      target: DACHS.groups / FASTER,
      query: (nth) =>
        `SELECT FLOOR(${magnitude}) AS bin, COUNT(*) AS n, ${nth} AS nth FROM ${name} GROUP BY FLOOR(${magnitude})`,
      format: 'votable',
      times: few,
    },
    {
      what: `TAP: ${integer(some(100_000))} rows out`,
      target: DACHS.rows100k / FASTER,
      query: (nth) => `SELECT TOP 100000 * FROM ${name} WHERE dec > ${nth / 1000 - 80}`,
      format: 'votable',
      rows: some(100_000),
      times: few,
    },
    {
      what: `TAP: ${integer(some(1_000_000))} rows out`,
      target: DACHS.rows1m / FASTER,
      query: (nth) => `SELECT TOP 1000000 * FROM ${name} WHERE dec > ${nth / 1000 - 90}`,
      format: 'votable',
      rows: some(1_000_000),
      times: few,
    },
    {
      what: 'TAP: look-up by identifier',
      target: LOOK_UP,
      query: (nth) => `SELECT * FROM ${name} WHERE source_id = ${positions.id[(nth * 997) % rows]}`,
      format: 'votable',
      times: cones.length,
    },
  ];
}

function databaseFigures({ name, magnitude, positions }: BenchCatalog, quick: boolean): Figure[] {
  const rows = positions.ra.length;
  const figure = { target: null, format: 'csv', times: quick ? 2 : 5, engine: 'postgresql' } as const;
  return [
    {
      ...figure,
      what: `PostgreSQL: GROUP BY over ${integer(rows)} rows`,
      query: (nth) =>
        `SELECT FLOOR(${magnitude}) AS bin, COUNT(*) AS n, ${nth} AS nth FROM ${name} GROUP BY FLOOR(${magnitude})`,
    },
    {
      ...figure,
      what: `PostgreSQL: ${integer(Math.min(100_000, rows))} rows out`,
      query: (nth) => `SELECT TOP 100000 * FROM ${name} WHERE dec > ${nth / 1000 - 80}`,
    },
    {
      ...figure,
      what: `PostgreSQL: ${integer(Math.min(1_000_000, rows))} rows out`,
      query: (nth) => `SELECT TOP 1000000 * FROM ${name} WHERE dec > ${nth / 1000 - 90}`,
    },
  ];
}

interface Timed {
  readonly milliseconds: number;
  readonly bytes: number;
}

function pathOf({ query, format, rows = 1_000_000, engine }: Figure, nth: number, plan = ''): string {
  const parameters = new URLSearchParams({
    LANG: 'ADQL',
    QUERY: query(nth),
    RESPONSEFORMAT: format,
    MAXREC: `${rows}`,
    ...(engine && { ENGINE: engine }),
  });
  return `/tap/sync?${parameters}${plan}`;
}

async function timed(url: string, path: string): Promise<Timed> {
  const connection = await openConnection(url);
  try {
    const { status, whole, bytes } = await connection.get(path);
    if (status !== 200) throw new Error(`status ${status} from ${url}${path}`);
    return { milliseconds: whole, bytes };
  } finally {
    connection.destroy();
  }
}

async function answers(url: string, figure: Figure): Promise<Timed[]> {
  const found: Timed[] = [];
  for (let nth = 0; nth < 2 * figure.times; nth++) {
    const answer = await timed(url, pathOf(figure, nth));
    if (nth >= figure.times) found.push(answer);
  }
  return found;
}

async function measure(url: string, figure: Figure, report: Report): Promise<void> {
  const found = await answers(url, figure);
  const { what, target } = figure;
  const middle = median(found.map((answer) => answer.milliseconds));
  const engine = await engineOf(url, figure);
  report({
    what,
    target: target === null ? null : `≤ ${milliseconds(target)}`,
    measured: `${milliseconds(middle)}, ${megabytes(found[0]!.bytes)}; ${engine}`,
    bare: null,
    ratio: null,
    ok: target === null ? null : middle <= target,
    values: { milliseconds: middle, answers: found, engine },
  });
}

/** The same query again: its answer was kept. */
async function measureKept(url: string, { name }: BenchCatalog, report: Report): Promise<void> {
  const query = () => `SELECT TOP 100 * FROM ${name} WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(10, 20, 1))`;
  const figure: Figure = { what: 'kept', target: null, query, format: 'votable', times: 50 };
  const middle = median((await answers(url, figure)).map((answer) => answer.milliseconds));
  report({
    what: '  TOP 100 of the same cone again, a kept answer',
    target: null,
    measured: milliseconds(middle),
    bare: null,
    ratio: null,
    ok: null,
    values: { milliseconds: middle },
  });
}

/** TAP and psql in turns, with the SQL that TAP says it runs. */
async function besidePsql(url: string, databaseUrl: string, figure: Figure, report: Report): Promise<void> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let nth = 0; nth < figure.times + 1; nth++) {
    const { text } = (await planOf(url, figure, nth)).sql;
    const { milliseconds } = await timed(url, pathOf(figure, nth));
    const seconds = await psqlSeconds(databaseUrl, text);
    if (seconds === null) return;
    if (nth === 0) continue;
    ours.push(milliseconds);
    theirs.push(1000 * seconds);
  }
  const [middle, psql] = [median(ours), median(theirs)];
  report({
    what: figure.what,
    target: '≤ 1.2 × psql',
    measured: milliseconds(middle),
    bare: `psql ${milliseconds(psql)}`,
    ratio: middle / psql,
    ok: middle <= 1.2 * psql,
    values: { milliseconds: ours, psqlMilliseconds: theirs },
  });
}

async function engineOf(url: string, figure: Figure): Promise<string> {
  return (await planOf(url, figure, 0)).engine;
}

async function planOf(
  url: string,
  figure: Figure,
  nth: number,
): Promise<{ engine: string; sql: { text: string } }> {
  const response = await fetch(url + pathOf(figure, nth, '&PLAN=json'));
  if (!response.ok) throw new Error(`status ${response.status} for the plan of ${figure.query(nth)}`);
  return (await response.json()) as { engine: string; sql: { text: string } };
}
