import { Command } from 'commander';
import { removeImage } from '../../catalog-export/images/remove.ts';
import { allImages } from '../../catalog-export/images/stored-images.ts';
import { counted } from '../terminal/quantities.ts';
import { addTargetOption, bucketOf, TARGET_HELP, type TargetFlag } from './target-option.ts';
import { withDatabase } from './with-database.ts';

const HELP = `
Examples:
  almagest images remove 'ivo://vo.example.org/survey.dr1?m31-g'
  almagest images remove --collection demo

The image is no longer served from the moment on; its row of ivoa.obscore goes, and its file, pictures and related files in the bucket.
Releases that were exported before still list it until "almagest export ivoa.obscore" makes a new one.
${TARGET_HELP}

Exit status: 0 when all are gone, 1 when there is no image of an identifier, or one could not be removed.`;

interface Flags extends TargetFlag {
  readonly collection?: string;
}

export const imagesRemoveCommand = addTargetOption(
  new Command('remove')
    .description('take images out of the service')
    .argument('[id...]', 'identifiers, as "almagest images list" tells them')
    .option('--collection <name>', 'all images of a collection'),
)
  .addHelpText('after', HELP)
  .action(async (given: string[], flags: Flags) => {
    if (given.length === 0 && flags.collection === undefined) {
      throw new Error('name the images to remove, or a collection with --collection');
    }
    if (given.length > 0 && flags.collection !== undefined) {
      throw new Error('name either images or a collection: --collection removes all that is in it');
    }
    const storage = bucketOf(flags);
    await withDatabase(async (client) => {
      const dids = [...given];
      if (flags.collection !== undefined) {
        for await (const { did } of allImages(client, flags.collection)) dids.push(did);
      }
      let removed = 0;
      for (const did of dids) {
        if (await removeImage(client, storage, did)) removed += 1;
        else {
          process.exitCode = 1;
          console.error(`almagest: there is no image ${did}`);
        }
      }
      console.log(`Removed ${counted(removed, 'image')}.`);
    });
  });
