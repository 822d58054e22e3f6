import { Command, InvalidArgumentError } from 'commander';
import { publishedTables } from '../../catalog-export/database/tap-schema.ts';
import { collectGarbage } from '../../catalog-export/release/gc.ts';
import { pruneForReleases } from '../../catalog-export/release/prune.ts';
import { DEFAULT_RETENTION, type Verdict } from '../../catalog-export/release/retention.ts';
import { chosenCatalogs } from '../../catalog-export/release/stored-catalogs.ts';
import { qualifiedName } from '../../engine/catalog/table.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { refusesWith2, untilBegun } from '../exit-status.ts';
import { bytes, counted } from '../terminal/quantities.ts';
import { addTargetOption, bucketOf, TARGET_HELP, type TargetFlag } from './target-option.ts';
import { withDatabase } from './with-database.ts';

const { keep, keepDays } = DEFAULT_RETENTION;

const HELP = `
Examples:
  almagest gc                               keeps the ${keep} newest, and what was the latest in the last ${keepDays} days
  almagest gc --dry-run                     what would go, and why each of the others stays
  almagest gc survey.stars --keep 1 --keep-days 0
  almagest export && almagest gc            each night
  almagest gc --prune-history               also the versions of rows in PostgreSQL that no release needs any more

A release goes when it is neither among the newest (--keep) nor was the latest lately (--keep-days). The one that readers are sent to
always stays, as do those pinned by "almagest releases --pin" and those that were the latest within the last hour, which somebody may be reading. What
killed exports left goes too, once a later release exists or a week has passed. While an export of a catalogue runs, nothing of that one is removed.
The database is not asked, but for --prune-history: use that only where no other bucket has releases of the same tables.
${TARGET_HELP}

Exit status: 0 when all that can go is gone, 1 when something of it could not be removed, 2 when nothing was tried: a name or an
option is wrong, or the bucket cannot be read.`;

interface Flags extends TargetFlag {
  readonly keep: number;
  readonly keepDays: number;
  readonly dryRun?: boolean;
  readonly pruneHistory?: boolean;
  readonly json?: boolean;
}

export const gcCommand = refusesWith2(
  addTargetOption(
    new Command('gc')
      .description('remove old releases from a bucket')
      .argument('[catalog...]', 'schema.table of each catalogue; all of the bucket if none is given')
      .option('--keep <n>', 'keep so many of the newest releases', wholeNumber, keep)
      .option('--keep-days <d>', 'keep what was the latest at some time in so many days', days, keepDays)
      .option(
        '--prune-history',
        'remove versions of rows that are kept in PostgreSQL for no release any more',
      )
      .option('--dry-run', 'remove nothing, and say what would be removed')
      .option('--json', 'print one JSON object per release on standard output'),
  ).addHelpText('after', HELP),
).action((catalogs: string[], flags: Flags) =>
  untilBegun(async (begun) => {
    const storage = bucketOf(flags);
    const chosen = await chosenCatalogs(storage, catalogs);
    begun();
    const policy = { keep: flags.keep, keepDays: flags.keepDays };
    const dryRun = flags.dryRun ?? false;
    for (const catalog of chosen) {
      try {
        const verdicts = await collectGarbage({ storage, catalog, policy, dryRun });
        if (flags.json) for (const verdict of verdicts) console.log(JSON.stringify(asJson(verdict, dryRun)));
        else process.stdout.write(told(catalog, verdicts, dryRun));
      } catch (error) {
        failed(catalog, error as Error, flags);
      }
    }
    if (flags.pruneHistory && !dryRun) await pruneHistories(storage, chosen, flags);
  }),
);

async function pruneHistories(storage: Storage, catalogs: readonly string[], flags: Flags): Promise<void> {
  await withDatabase(async (client) => {
    for (const table of await publishedTables(client)) {
      const catalog = qualifiedName(table);
      if (!catalogs.includes(catalog)) continue;
      try {
        const versions = await pruneForReleases(client, table, storage);
        if (flags.json) console.log(JSON.stringify({ catalog, versions }));
        else if (versions > 0) console.log(`${catalog}: removed ${counted(versions, 'version')} of rows`);
      } catch (error) {
        failed(catalog, error as Error, flags);
      }
    }
  });
}

function failed(catalog: string, { message }: Error, { json }: Flags): void {
  process.exitCode = 1;
  if (json) console.log(JSON.stringify({ catalog, error: message }));
  console.error(`almagest: ${catalog}: ${message}`);
}

function asJson({ listed, remove, reason }: Verdict, dryRun: boolean) {
  const { catalog, release, bytes } = listed;
  return { catalog, release, removed: remove && !dryRun, wouldGo: remove, reason, bytes };
}

function told(catalog: string, verdicts: readonly Verdict[], dryRun: boolean): string {
  const gone = verdicts.filter(({ remove }) => remove);
  const size = gone.reduce((sum, { listed }) => sum + (listed.bytes ?? 0), 0);
  const [done, verb] = dryRun ? ['would be removed', 'would remove'] : ['removed', 'removed'];
  const kept = counted(verdicts.length - gone.length, 'release');
  const files = size > 0 ? `, whose files were ${bytes(size)}` : '';
  const lines = [`${catalog}: ${verb} ${counted(gone.length, 'release')}${files}; ${kept} kept\n`];
  for (const { listed, remove, reason } of verdicts) {
    if (remove) lines.push(`  ${listed.release} ${done}: ${reason}\n`);
    else if (dryRun) lines.push(`  ${listed.release} stays: ${reason}\n`);
  }
  return lines.join('');
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number, such as 3.');
  return Number(text);
}

function days(text: string): number {
  if (!/^\d{1,6}(\.\d+)?$/.test(text)) {
    throw new InvalidArgumentError('It has to be a number of days, such as 7 or 0.5.');
  }
  return Number(text);
}
