import { Command } from 'commander';
import { type ListedRelease, lastFailure, listReleases } from '../../catalog-export/release/list-releases.ts';
import { pinRelease, unpinRelease } from '../../catalog-export/release/pins.ts';
import { chosenCatalogs } from '../../catalog-export/release/stored-catalogs.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { refusesWith2, untilBegun } from '../exit-status.ts';
import { columns } from '../terminal/columns.ts';
import { bytes } from '../terminal/quantities.ts';
import { splitAddress } from './release-address.ts';
import { addTargetOption, bucketOf, TARGET_HELP, type TargetFlag } from './target-option.ts';

const HELP = `
Examples:
  almagest releases                                 of every catalogue
  almagest releases survey.stars --json | jq .bytes
  almagest releases --target s3://sky/releases
  almagest releases --pin survey.stars@2026-11-20   it is cited: gc keeps it for good
  almagest releases --unpin survey.stars@2026-11-20

"unchanged" counts the files of a release that were taken over from an earlier one. Where the last export of a catalogue failed, the reason follows. The database is not asked.
${TARGET_HELP}

Exit status: 0 when all could be listed, 1 when one cannot be read, 2 when nothing could be: a name or an option is wrong, or the
bucket cannot be read.`;

interface Flags extends TargetFlag {
  readonly json?: boolean;
  readonly pin?: string;
  readonly unpin?: string;
}

export const releasesCommand = refusesWith2(
  addTargetOption(
    new Command('releases')
      .description('list the releases in a bucket')
      .argument('[catalog...]', 'schema.table of each catalogue; all of the bucket if none is given')
      .option('--pin <catalog@release>', 'keep a release whatever the policy of retention says')
      .option('--unpin <catalog@release>', 'leave a release to the policy again')
      .option('--json', 'print one JSON object per release on standard output'),
  ).addHelpText('after', HELP),
).action((catalogs: string[], flags: Flags) =>
  untilBegun(async (begun) => {
    const storage = bucketOf(flags);
    if (flags.pin !== undefined) await changePin(storage, flags.pin, pinRelease);
    if (flags.unpin !== undefined) await changePin(storage, flags.unpin, unpinRelease);
    const chosen = await chosenCatalogs(storage, catalogs);
    begun();
    const listed: ListedRelease[] = [];
    for (const catalog of chosen) listed.push(...(await listReleases(storage, catalog)));
    if (flags.json) for (const release of listed) console.log(JSON.stringify(release));
    else {
      process.stdout.write(columns([HEADER, ...listed.map(cells)], [3, 4, 5, 6]));
      for (const catalog of chosen) await tellFailure(storage, catalog);
    }
    for (const { problem } of listed) if (problem) console.error(`almagest: ${problem}`);
    if (listed.some(({ state }) => state === 'unreadable')) process.exitCode = 1;
  }),
);

async function tellFailure(storage: Storage, catalog: string): Promise<void> {
  const failure = await lastFailure(storage, catalog);
  if (failure === null) return;
  const { started, message = 'no reason is kept' } = failure;
  console.log(`The last export of ${catalog} failed (${minute(started)} UTC): ${message}`);
}

async function changePin(
  storage: Storage,
  name: string,
  change: (storage: Storage, catalog: string, release: string) => Promise<void>,
): Promise<void> {
  const { catalog, release } = splitAddress(name);
  if (release === null) {
    throw new Error(
      `"${name}" names no release: write schema.table@release, such as survey.stars@2026-11-20`,
    );
  }
  await chosenCatalogs(storage, [catalog]);
  await change(storage, catalog, release);
}

const HEADER = ['catalogue', 'release', 'made (UTC)', 'rows', 'size', 'files', 'unchanged', ''];

function cells(listed: ListedRelease): string[] {
  const { catalog, release, created, rows, bytes: size, partitions, unchanged } = listed;
  const count = (value: number | null) => value?.toLocaleString('en') ?? '';
  return [
    catalog,
    release,
    created === null ? '' : minute(created),
    count(rows),
    size === null ? '' : bytes(size),
    count(partitions),
    count(unchanged),
    notes(listed).join(', '),
  ];
}

/** Of an ISO 8601 time. */
function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

function notes({ latest, pinned, state }: ListedRelease): string[] {
  return [
    ...(latest ? ['latest'] : []),
    ...(pinned ? ['pinned'] : []),
    ...(state === 'complete' ? [] : [state]),
  ];
}
