import { Command } from 'commander';
import { rebuildImages } from '../../catalog-export/images/rebuild.ts';
import { loadFitsKernel } from '../../engine/fits-wasm/node.ts';
import { counted } from '../terminal/quantities.ts';
import { addTargetOption, bucketOf, TARGET_HELP, type TargetFlag } from './target-option.ts';
import { withDatabase } from './with-database.ts';

const HELP = `
Examples:
  almagest images rebuild
  almagest images rebuild --target s3://sky/data
  almagest images rebuild --remove-strays

PostgreSQL is the truth of images: the documents from which links and cutouts are answered are made again where they are missing, damaged or
out of date, and so are previews. Files are looked at for their size; those that are missing are told, and "almagest images add" brings them back.
What is in the bucket and belongs to no image of this database, such as what an add left that was killed, is told and, with
--remove-strays, removed: not where images of another database are in the same bucket.
${TARGET_HELP}

Exit status: 0, or 1 when a file is missing.`;

interface Flags extends TargetFlag {
  readonly removeStrays?: boolean;
  readonly json?: boolean;
}

export const imagesRebuildCommand = addTargetOption(
  new Command('rebuild')
    .description('make documents and previews again from PostgreSQL, and look whether the files are there')
    .option('--remove-strays', 'remove from the bucket what belongs to no image')
    .option('--json', 'print what was done as one JSON object on standard output'),
)
  .addHelpText('after', HELP)
  .action(async (flags: Flags) => {
    const storage = bucketOf(flags);
    const { removeStrays = false } = flags;
    const rebuilt = await withDatabase((client) =>
      rebuildImages({ client, storage, fits: loadFitsKernel(), removeStrays }),
    );
    const { images, documents, pictures, strays, missing } = rebuilt;
    if (missing.length > 0) process.exitCode = 1;
    if (flags.json) {
      console.log(JSON.stringify(rebuilt));
      return;
    }
    for (const key of missing) console.error(`almagest: ${key} is missing, or not as it was added`);
    for (const key of strays) console.log(`${removeStrays ? 'Removed' : 'Of no image'}: ${key}`);
    console.log(
      `${counted(images, 'image')}: made ${counted(documents, 'document')} and the pictures of ${counted(pictures, 'image')} again; ` +
        `${counted(missing.length, 'file')} missing, ${counted(strays.length, 'stray object')}${removeStrays ? ' removed' : ''}.`,
    );
  });
