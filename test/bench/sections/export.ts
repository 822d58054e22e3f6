import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { to as copyTo } from 'pg-copy-streams';
import { connect } from '../../../catalog-export/database/connect.ts';
import { quotedTable } from '../../../catalog-export/database/identifier.ts';
import { migrate } from '../../../catalog-export/database/migrate.ts';
import { qualifiedName } from '../../../engine/catalog/table.ts';
import { startTestDatabase } from '../../postgres.ts';
import type { ExportRun } from '../export-run.ts';
import { fillTable, type GeneratedTable, photometryTable, starsTable } from '../export-tables.ts';
import { psqlSeconds } from '../psql.ts';
import { integer, megabytes, type Row } from '../report.ts';
import type { BenchContext, Report } from '../section.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const RUN = fileURLToPath(new URL('../export-run.ts', import.meta.url));

const MOST_TIMES_COPY = 2;
/** Of a shorter one nothing follows for a table that is worth to be counted in seconds. */
const LEAST_COPY_SECONDS = 5;
const MOST_MEMORY = 2 ** 30;
/** What a night costs at most in which nothing has changed. */
const UNCHANGED_SECONDS = 2;

const STARS = { full: 10_000_000, quick: 200_000 };
const PHOTOMETRY = { full: 100_000, quick: 2_000 };

/** Exports beside a COPY of the same table that is thrown away. */
export async function exportSection(
  { say, quick }: Pick<BenchContext, 'say' | 'quick'>,
  report: Report,
): Promise<void> {
  const size = quick ? 'quick' : 'full';
  await measure(starsTable, STARS[size], say, report);
  await measure(photometryTable, PHOTOMETRY[size], say, report);
}

async function measure(
  generated: GeneratedTable,
  rows: number,
  say: (line: string) => void,
  report: Report,
): Promise<void> {
  const catalog = qualifiedName(generated.table);
  const about = `${integer(rows)} rows of ${generated.label}`;
  const bucket = join(await temporaryFolder('bench-export'), 'bucket');
  await mkdir(bucket);
  const database = await startTestDatabase();
  try {
    const client = await connect(database.url);
    try {
      say(`export: making ${about}`);
      await migrate(client);
      await fillTable(client, generated, rows);
      say('export: COPY alone');
      const source = `COPY ${quotedTable(generated.table)} TO STDOUT`;
      const text = await copySeconds(database.url, source);
      const binary = await copySeconds(database.url, `${source} (FORMAT binary)`);
      const run = (how: 'full' | 'incremental') => exportedBy(database.url, bucket, catalog, how);

      say('export: all');
      const all = await run('full');
      report(speed(`export of ${about}`, rows, all, { text, binary }));
      report(memory(all));

      say('export: nothing has changed');
      const same = await run('incremental');
      report(unchanged('  again, where nothing has changed', same));

      say('export: one row has changed');
      await client.query(`UPDATE ${quotedTable(generated.table)} SET ra = ra WHERE id = 1`);
      report(read('  again, one row was written and is the same', rows, await run('incremental')));
      await client.query(`UPDATE ${quotedTable(generated.table)} SET dec = -dec / 2 WHERE id = 1`);
      report(read('  again, one row is another', rows, await run('incremental')));
    } finally {
      await client.end();
    }
  } finally {
    await database.close();
    await rm(bucket, { recursive: true, force: true });
  }
}

/** By psql, as a team would do it; where there is none, by this program. */
async function copySeconds(url: string, statement: string): Promise<number> {
  const seconds = await psqlSeconds(url, statement);
  if (seconds !== null) return seconds;
  const client = await connect(url);
  try {
    const began = performance.now();
    for await (const _ of client.query(copyTo(statement)));
    return (performance.now() - began) / 1000;
  } finally {
    await client.end();
  }
}

async function exportedBy(url: string, bucket: string, catalog: string, how: string): Promise<ExportRun> {
  const child = fork(RUN, [url, bucket, catalog, how]);
  const exit = once(child, 'exit');
  const [run] = await Promise.race([once(child, 'message'), exit.then(([code]) => [code])]);
  if (typeof run !== 'object') throw new Error(`the export of ${catalog} ended with exit code ${run}`);
  await exit;
  return run;
}

function speed(
  what: string,
  rows: number,
  run: ExportRun,
  copy: { readonly text: number; readonly binary: number },
): Row {
  const ratio = run.seconds / copy.text;
  const isLong = copy.text >= LEAST_COPY_SECONDS;
  return {
    what,
    target: isLong ? `≤ ${MOST_TIMES_COPY} × COPY alone` : null,
    measured: `${seconds(run.seconds)}, ${integer(rows / run.seconds)} rows/s, ${described(run)}`,
    bare: `COPY: text ${seconds(copy.text)}, binary ${seconds(copy.binary)}`,
    ratio,
    ok: isLong ? ratio <= MOST_TIMES_COPY : null,
    values: { rows, ...run, copyTextSeconds: copy.text, copyBinarySeconds: copy.binary },
  };
}

function memory(run: ExportRun): Row {
  return {
    what: '  resident memory of all its threads at most',
    target: '≤ 1 GiB',
    measured: megabytes(run.peak),
    bare: null,
    ratio: null,
    ok: run.peak <= MOST_MEMORY,
    values: { peak: run.peak },
  };
}

function unchanged(what: string, run: ExportRun): Row {
  return {
    what,
    target: `≤ ${UNCHANGED_SECONDS} s, no release`,
    measured: `${seconds(run.seconds)}, ${run.outcome}`,
    bare: null,
    ratio: null,
    ok: run.outcome === 'unchanged' && run.seconds <= UNCHANGED_SECONDS,
    values: { ...run },
  };
}

function read(what: string, rows: number, run: ExportRun): Row {
  return {
    what,
    target: null,
    measured: `${seconds(run.seconds)}, ${integer(rows / run.seconds)} rows/s, ${run.outcome}, ${described(run)}`,
    bare: null,
    ratio: null,
    ok: null,
    values: { ...run },
  };
}

function described({ partitions, bytes }: ExportRun): string {
  return `${partitions.written} of ${partitions.written + partitions.copied} files written, ${megabytes(bytes)}`;
}

const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} s`;
