import { conePath } from '../cones.ts';
import { median } from '../load.ts';
import { integer, megabytes } from '../report.ts';
import type { Section } from '../section.ts';
import { type MeasuredService, startService } from '../service.ts';
import { openConnection } from '../wire.ts';

const ROWS = 1_000_000;
/** Milliseconds between two looks at the memory. */
const SAMPLING = 50;
/** What the memory may grow by while a million rows leave, bytes: no part of them is kept. */
const FLAT = 64e6;

const FORMATS = [
  { label: 'VOTable BINARY2', format: 'votable/b2', target: 2e6 },
  { label: 'VOTable TABLEDATA', format: 'votable', target: 1e6 },
  { label: 'CSV', format: 'csv', target: 1e6 },
] as const;

/** A million rows, or all there are, over HTTP; principal columns and the separation. */
export const writersSection: Section = async ({ catalog, quick, say }, report) => {
  const rows = Math.min(ROWS, catalog.positions.ra.length);
  const service = await startService(catalog.bucketFolder);
  const cone = { ra: 180, dec: 30, radius: 180 };
  try {
    const address = `${service.url}/scs/${catalog.name}`;
    await checkRows(service, conePath(address, cone, `&MAXREC=${rows}&RESPONSEFORMAT=csv`), rows);
    for (const { label, format, target } of FORMATS) {
      say(`${integer(rows)} rows as ${label}`);
      const path = conePath(address, cone, `&MAXREC=${rows}&RESPONSEFORMAT=${format}`);
      await answer(service, path);
      const samples: Answer[] = [];
      for (let nth = 0; nth < (quick ? 1 : 5); nth++) samples.push(await answer(service, path));
      const speed = rows / median(samples.map(({ seconds }) => seconds));
      const growth = samples.map(({ before, peak }) => peak - before);
      const grown = Math.max(...growth);
      report({
        what: `${integer(rows)} rows as ${label}`,
        target: `≥ ${target / 1e6} M rows/s, flat memory`,
        measured: `${(speed / 1e6).toFixed(2)} M/s, ${megabytes(samples[0]!.bytes)}, memory +${megabytes(grown)}`,
        bare: null,
        ratio: null,
        ok: speed >= target && !(grown > FLAT),
        values: { rows, rowsPerSecond: speed, growthBytes: grown, answers: samples },
      });
    }
  } finally {
    await service.close();
  }
};

interface Answer {
  readonly seconds: number;
  readonly bytes: number;
  /** Resident memory of the server, bytes; NaN where it is not known. */
  readonly before: number;
  readonly peak: number;
}

async function answer(service: MeasuredService, path: string): Promise<Answer> {
  const resident = () => service.usage()?.resident ?? Number.NaN;
  const connection = await openConnection(service.url);
  const before = resident();
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, resident());
  }, SAMPLING);
  try {
    const { status, whole, bytes } = await connection.get(path);
    if (status !== 200) throw new Error(`status ${status} from ${path}`);
    return { seconds: whole / 1000, bytes, before, peak: Math.max(peak, resident()) };
  } finally {
    clearInterval(sampling);
    connection.destroy();
  }
}

/** @throws Error unless the answer has so many lines below its header. */
async function checkRows(service: MeasuredService, path: string, rows: number): Promise<void> {
  const connection = await openConnection(service.url);
  let lines = -1;
  await connection.get(path, (piece) => {
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines++;
  });
  connection.destroy();
  if (lines !== rows) throw new Error(`${path} has ${lines} rows instead of ${rows}`);
}
