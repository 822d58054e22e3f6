import { Command } from 'commander';
import { type AddedFile, addImages, describeImages } from '../../catalog-export/images/add.ts';
import type { DescribeContext } from '../../catalog-export/images/describe.ts';
import { isCollection } from '../../catalog-export/images/identifiers.ts';
import { type Incoming, incomingFiles } from '../../catalog-export/images/incoming.ts';
import type { MappedColumn } from '../../catalog-export/images/mapped-columns.ts';
import { type Mapping, NO_MAPPING, readMapping, withValues } from '../../catalog-export/images/mapping.ts';
import { loadFitsKernel } from '../../engine/fits-wasm/node.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { refusesWith2, untilBegun } from '../exit-status.ts';
import { readSettings } from '../settings.ts';
import { terminalProgress } from '../terminal/progress.ts';
import { counted } from '../terminal/quantities.ts';
import { addTargetOption, bucketOf, TARGET_HELP, type TargetFlag } from './target-option.ts';
import { withDatabase } from './with-database.ts';

const DEFAULT_COLLECTION = 'images';

const HELP = `
Examples:
  almagest images add m31.fits
  almagest images add plates/ --collection survey.dr1 --facility OAJ --instrument T80Cam
  almagest images add plates/ --collection survey.dr1 --mapping survey.json --dry-run
  almagest images add 'https://example.org/m31.fits.gz' s3://archive/2026/ --title '{OBJECT} in {FILTER}'

Files: FITS images in any HDU, cubes, tile-compressed ones (.fz), each also compressed as a whole (.gz); of a folder, or below an
address of S3, all whose names end in .fits, .fit, .fts or .fz. An image needs a celestial WCS. Each becomes a row of ivoa.obscore with its
footprint, band, times and instrument as its header has them, a preview and a thumbnail; the file goes into the bucket as it is.
What headers lack or have wrong a mapping file corrects (docs/adding-images.md tells how), and the flags do for all files alike; {KEYWORD} in
a flag stands for the header's value, {FILE} for the file's name. The identifier is ivo://AUTHORITY/COLLECTION?OBS_ID, where OBS_ID is
the file's name and AUTHORITY is ALMAGEST_AUTHORITY.
A file that was added before is left as it is; where it has changed it replaces the old one. An add that is interrupted leaves nothing
of the file that it was at; say it again to go on. Then "almagest export ivoa.obscore" lets the edge find them.
${TARGET_HELP}

Exit status: 0 when all are published, 1 when one was refused (the others are published all the same) or the bucket or the database
failed, 2 when nothing was tried: an option or the mapping is wrong, or the database cannot be reached.`;

interface Flags extends TargetFlag {
  readonly collection?: string;
  readonly mapping?: string;
  readonly obsId?: string;
  readonly title?: string;
  readonly object?: string;
  readonly facility?: string;
  readonly instrument?: string;
  readonly filter?: string;
  readonly calibLevel?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const COLUMN_OF_FLAG = {
  obsId: 'obs_id',
  title: 'obs_title',
  object: 'target_name',
  facility: 'facility_name',
  instrument: 'instrument_name',
  filter: 'em_filter_name',
  calibLevel: 'calib_level',
} as const satisfies Partial<Record<keyof Flags, MappedColumn>>;

export const imagesAddCommand = refusesWith2(
  addTargetOption(
    new Command('add')
      .description('publish FITS images')
      .argument('<file...>', 'files, folders, s3://bucket/… and http(s)://… addresses')
      .option(
        '--collection <name>',
        `what they belong to (default: the mapping's, else "${DEFAULT_COLLECTION}")`,
      )
      .option('--mapping <file>', 'JSON that corrects and fills what headers say')
      .option('--obs-id <text>', 'identifier of the observation, such as {OBJECT}-{FILTER}')
      .option('--title <text>', 'title, such as {OBJECT} in {FILTER}')
      .option('--object <text>', 'name of the target')
      .option('--facility <text>', 'observatory or telescope')
      .option('--instrument <text>', 'instrument')
      .option('--filter <text>', 'filter: the wavelengths of the usual ones are known')
      .option('--calib-level <n>', '0 raw, 1 instrumental, 2 calibrated (default), 3 combined, 4 analysed')
      .option('--dry-run', 'publish nothing, and show what ObsCore would say; asks no database')
      .option('--json', 'print one JSON object per file on standard output'),
  ).addHelpText('after', HELP),
).action((addresses: string[], flags: Flags) =>
  untilBegun(async (begun) => {
    const { authority } = readSettings();
    const mapping = await mappingOf(flags);
    const collection = collectionOf(flags, mapping);
    const files = await incomingFiles(addresses);
    const context = { fits: loadFitsKernel(), kernel: loadKernel(), mapping, authority, collection };
    if (flags.dryRun) {
      begun();
      await report(describeImages(files, context), flags, 'Reading images', files.length);
    } else {
      await add(files, context, flags, begun);
    }
  }),
);

async function add(
  files: readonly Incoming[],
  context: DescribeContext,
  flags: Flags,
  begun: () => void,
): Promise<void> {
  const storage = bucketOf(flags);
  const changed = await withDatabase(async (client) => {
    begun();
    return report(addImages(files, { ...context, client, storage }), flags, 'Adding images', files.length);
  });
  if (flags.json || changed === 0) return;
  console.log('"almagest export ivoa.obscore" makes a release with them, in which the edge finds them.');
}

async function mappingOf(flags: Flags): Promise<Mapping> {
  const mapping = flags.mapping === undefined ? NO_MAPPING : await readMapping(flags.mapping);
  const values = Object.entries(COLUMN_OF_FLAG).flatMap(([flag, column]) => {
    const value = flags[flag as keyof typeof COLUMN_OF_FLAG];
    return value === undefined ? [] : [[column, value]];
  });
  return withValues(mapping, Object.fromEntries(values));
}

function collectionOf({ collection }: Flags, mapping: Mapping): string {
  if (collection === undefined) return mapping.collection ?? DEFAULT_COLLECTION;
  if (isCollection(collection)) return collection;
  throw new Error(
    `--collection: "${collection}" is no name of one: letters, digits, ".", "-" and "_", as in survey.dr1`,
  );
}

/** @returns how many files have changed what is published. */
async function report(
  files: AsyncGenerator<AddedFile>,
  flags: Flags,
  label: string,
  total: number,
): Promise<number> {
  const progress = terminalProgress(flags.json ? process.stderr : process.stdout);
  const outcomes: Record<string, number> = {};
  progress.start(label, total, 'files');
  try {
    for await (const added of files) {
      outcomes[added.outcome] = (outcomes[added.outcome] ?? 0) + 1;
      progress.clear();
      if (flags.json) console.log(JSON.stringify(added));
      else told(added, flags);
      progress.advance(1);
    }
  } finally {
    progress.done();
  }
  const { refused = 0, added = 0, replaced = 0, updated = 0 } = outcomes;
  if (!flags.json) {
    const parts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
    console.log(`${counted(sum(outcomes), 'file')}: ${parts.join(', ')}.`);
  }
  if (refused > 0) process.exitCode = 1;
  return added + replaced + updated;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function told({ file, outcome, images, reason }: AddedFile, { dryRun }: Flags): void {
  if (reason !== null) {
    console.error(`almagest: ${file} refused: ${reason}`);
    return;
  }
  for (const { did, observation, notes } of images) {
    console.log(`${outcome} ${did}  ${observation.obs_title}`);
    if (dryRun) console.log(described(observation));
    for (const note of notes) console.error(`almagest: ${file}: ${note}`);
  }
}

function described(observation: AddedFile['images'][number]['observation']): string {
  return Object.entries(observation)
    .map(([name, value]) => `  ${name.padEnd(20)} ${value === null ? '' : shown(value)}`.trimEnd())
    .join('\n');
}

function shown(value: string | number | readonly number[]): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return value.map((number) => number.toFixed(6)).join(' ');
}
