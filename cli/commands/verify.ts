import { Command } from 'commander';
import { connect } from '../../catalog-export/database/connect.ts';
import type { Progress } from '../../catalog-export/progress.ts';
import { keptState } from '../../catalog-export/release/kept-state.ts';
import { type Comparison, compareWithDatabase } from '../../catalog-export/release/verify-database.ts';
import { type Fault, type VerifiedFiles, verifyFiles } from '../../catalog-export/release/verify-files.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { refusesWith2, untilBegun } from '../exit-status.ts';
import { terminalProgress } from '../terminal/progress.ts';
import { bytes, counted } from '../terminal/quantities.ts';
import { chosenReleases, type ReleaseAddress } from './release-address.ts';
import { addTargetOption, bucketOf, TARGET_HELP, type TargetFlag } from './target-option.ts';
import { withDatabase } from './with-database.ts';

const HELP = `
Examples:
  almagest verify                              the latest release of every catalogue
  almagest verify survey.stars@2026-11-20
  almagest verify --no-database --target s3://sky/releases
  almagest verify --json | jq .faults

Reads every file of a release again: its size and SHA-256, whether just those are there that files.json lists, and the rows that the Parquet files,
the index and the manifest tell of. Then the rows of each data file are compared with PostgreSQL: those that the release's snapshot saw, where the table is
published with --history; else those of today, which have to be the same unless somebody wrote into the table since. That somebody did is told, and is no fault.
${TARGET_HELP}

Exit status: 0 when every release is as it should be, 1 when one is damaged, has other rows than PostgreSQL, or could not be compared with it, 2 when nothing was
tried: a name or an option is wrong, or the bucket or the database cannot be reached.`;

interface Flags extends TargetFlag {
  /** False with --no-database. */
  readonly database: boolean;
  readonly json?: boolean;
}

/** Compares a release that is whole with PostgreSQL. */
type Compare = (files: VerifiedFiles) => Promise<Comparison>;

interface Verification extends ReleaseAddress {
  readonly ok: boolean;
  readonly rows: number | null;
  readonly files: number;
  readonly bytes: number;
  readonly faults: readonly Fault[];
  /** Null where it was not compared. */
  readonly database: Comparison | null;
  /** Why it could not be compared. */
  readonly message?: string;
}

export const verifyCommand = refusesWith2(
  addTargetOption(
    new Command('verify')
      .description('read releases again, and compare them with their lists of files and with PostgreSQL')
      .argument(
        '[catalog[@release]...]',
        'schema.table for its latest release; of every catalogue if none is given',
      )
      .option('--no-database', 'do not compare with PostgreSQL')
      .option('--json', 'print one JSON object per release on standard output'),
  ).addHelpText('after', HELP),
).action((addresses: string[], flags: Flags) =>
  untilBegun(async (begun) => {
    const storage = bucketOf(flags);
    const chosen = await chosenReleases(storage, addresses);
    const progress = terminalProgress(flags.json ? process.stderr : process.stdout);
    const verifyAll = async (compare: Compare | null) => {
      begun();
      for (const address of chosen) tell(await verify(storage, address, compare, progress), flags);
    };
    if (!flags.database) return verifyAll(null);
    const kernel = loadKernel();
    await withDatabase((_, url) =>
      verifyAll(async ({ manifest, data }) => {
        // A session of its own: a COPY that fails takes it along.
        const client = await connect(url);
        try {
          const { catalog, release } = manifest!;
          const laterState = await keptState(storage, catalog, release);
          return await compareWithDatabase({ client, kernel, progress, laterState }, manifest!, data);
        } finally {
          await client.end().catch(() => {});
        }
      }),
    ).finally(() => progress.done());
  }),
);

async function verify(
  storage: Storage,
  address: ReleaseAddress,
  compare: Compare | null,
  progress: Progress,
): Promise<Verification> {
  const { catalog, release } = address;
  const files = await verifyFiles(storage, catalog, release, progress);
  const { manifest, objects, bytes, faults } = files;
  const about = { ...address, rows: manifest?.rows ?? null, files: objects, bytes, faults };
  const whole = faults.length === 0;
  if (!whole || compare === null) return { ...about, ok: whole, database: null };
  try {
    const database = await compare(files);
    return { ...about, ok: database.wrong.length === 0, database };
  } catch (error) {
    progress.done();
    return { ...about, ok: false, database: null, message: (error as Error).message };
  }
}

function tell(verification: Verification, { json, database }: Flags): void {
  if (!verification.ok) process.exitCode = 1;
  if (json) {
    console.log(JSON.stringify(verification));
    return;
  }
  const { catalog, release, rows, files, bytes: size, faults, message } = verification;
  const name = `${catalog} ${release}`;
  if (faults.length > 0) {
    console.log(`${name}: damaged (${counted(faults.length, 'fault')} in ${counted(files, 'file')})`);
    for (const { path, problem } of faults) console.log(`  ${path} ${problem}`);
    return;
  }
  const found = `${counted(files, 'file')}, ${bytes(size)}, ${counted(rows!, 'row')}`;
  const compared = database
    ? `; ${message ? `not compared with PostgreSQL: ${message}` : inWords(verification)}`
    : '';
  console.log(`${name}: whole (${found})${compared}`);
  for (const path of verification.database?.wrong ?? [])
    console.log(`  ${path}: other rows than in PostgreSQL`);
}

function inWords({ database }: Verification): string {
  const { basis, rows, partitions, wrong } = database!;
  const all = partitions.same + partitions.different;
  const same = `${partitions.same.toLocaleString('en')} of ${counted(all, 'data file')} have the rows of PostgreSQL`;
  const now = `${counted(rows, 'row')} there now`;
  if (wrong.length > 0)
    return `DIFFERENT ROWS in PostgreSQL, though nobody has written into the table since: ${same}, ${now}`;
  if (basis === 'history') return 'the rows that PostgreSQL had then';
  if (basis === 'unchanged table' || partitions.different === 0) return 'the rows of PostgreSQL';
  return basis === 'changed table'
    ? `the table has changed since: ${same}, ${now}`
    : `PostgreSQL has other rows, and cannot tell whether the table has changed since: ${same}, ${now}`;
}
