import { startDemoDatabase } from '../../demo-database.ts';
import { startService } from '../../service.ts';
import type { Positions } from '../catalogs.ts';
import { median } from '../load.ts';
import { integer, megabytes, milliseconds } from '../report.ts';
import type { Report, Section } from '../section.ts';

/** Degrees. */
const RADIUS = 1 / 3600;
/** By which each uploaded position is beside a star, degrees. */
const BESIDE = 0.5 / 3600;
/** Bytes of a row in BINARY2: a byte of nulls, an int, two doubles. */
const ROW_BYTES = 21;
const MOST_UPLOAD = 128 * 2 ** 20;

interface Figure {
  readonly what: string;
  readonly target: number;
  readonly rows: readonly number[];
  /** Asked so often, after twice to warm up; once, and without, where it is long. */
  readonly times: number;
}

/** Crossmatches with tables that come with the query: a few rows at the edge, very many in PostgreSQL. */
export const uploadsSection: Section = async ({ catalog, quick, say }, report) => {
  say('loading the database of TAP');
  const database = await startDemoDatabase(catalog.load);
  try {
    const service = await startService({
      bucketFolder: catalog.bucketFolder,
      tap: true,
      database: database.reader,
      variables: { TAP_UPLOAD_BYTES: String(MOST_UPLOAD) },
    });
    try {
      for (const figure of figuresOf(catalog.positions, quick)) {
        say(figure.what);
        await measure(service.url, catalog.name, catalog.positions, figure, report);
      }
    } finally {
      await service.close();
    }
  } finally {
    await database.close();
  }
};

function figuresOf({ ra, dec }: Positions, quick: boolean): Figure[] {
  const all = Array.from(ra.keys());
  const near = all.filter((star) => Math.abs(ra[star]! - 56.75) < 5 && Math.abs(dec[star]! - 24.1) < 5);
  const many = quick ? 100_000 : 1_000_000;
  const evenly = (stars: readonly number[], count: number) =>
    Array.from(
      { length: Math.min(count, stars.length) },
      (_, at) => stars[Math.floor((at * stars.length) / Math.min(count, stars.length))]!,
    );
  return [
    { what: 'of a field of 10°', target: 100, rows: evenly(near, 1000), times: 9 },
    { what: 'of all the sky', target: 10_000, rows: evenly(all, many), times: 2 },
  ];
}

async function measure(
  url: string,
  catalog: string,
  positions: Positions,
  { what, target, rows, times }: Figure,
  report: Report,
): Promise<void> {
  const file = votable(positions, rows);
  const query = (nth: number) =>
    `SELECT u.num, s.* FROM TAP_UPLOAD.mine AS u JOIN ${catalog} AS s ON DISTANCE(u.ra, u.dec, s.ra, s.dec) < ${RADIUS + nth * 1e-9}`;
  const taken: number[] = [];
  let engine: string | null = null;
  for (let nth = 0; nth < times; nth++) {
    const form = new FormData();
    const fields = {
      LANG: 'ADQL',
      FORMAT: 'csv',
      MAXREC: '10000000',
      UPLOAD: 'mine,param:file',
      QUERY: query(nth),
    };
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new File([file], 'mine.vot'));
    const began = performance.now();
    const response = await fetch(`${url}/tap/sync`, { method: 'POST', body: form });
    const body = await response.text();
    taken.push(performance.now() - began);
    if (response.status !== 200) throw new Error(`status ${response.status}: ${body.slice(0, 500)}`);
    const found = body.trimEnd().split('\n').length - 1;
    if (found < rows.length)
      throw new Error(`${found} matches of ${rows.length} rows, each of which is beside a star`);
    engine = response.headers.get('almagest-engine');
  }
  const warm = taken.slice(Math.floor(times / 4));
  report({
    what: `TAP: crossmatch of ${integer(rows.length)} uploaded rows ${what}`,
    target: `≤ ${milliseconds(target)}`,
    measured: `${milliseconds(median(warm))}, ${megabytes(file.length)}; ${engine}`,
    bare: null,
    ratio: null,
    ok: median(warm) <= target,
    values: { rows: rows.length, bytes: file.length, milliseconds: taken, engine },
  });
}

/** BINARY2 (VOTable 1.4 §6). */
function votable({ ra, dec }: Positions, rows: readonly number[]): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc(rows.length * ROW_BYTES);
  for (const [at, star] of rows.entries()) {
    bytes.writeInt32BE(at, at * ROW_BYTES + 1);
    bytes.writeDoubleBE(ra[star]!, at * ROW_BYTES + 5);
    bytes.writeDoubleBE(Math.max(dec[star]! - BESIDE, -90), at * ROW_BYTES + 13);
  }
  return Buffer.from(`<VOTABLE version="1.4"><RESOURCE><TABLE>
<FIELD name="num" datatype="int"/><FIELD name="ra" datatype="double" unit="deg"/><FIELD name="dec" datatype="double" unit="deg"/>
<DATA><BINARY2><STREAM encoding="base64">${bytes.toString('base64')}</STREAM></BINARY2></DATA></TABLE></RESOURCE></VOTABLE>`);
}
