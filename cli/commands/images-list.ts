import { Command } from 'commander';
import { allImages, type StoredImage } from '../../catalog-export/images/stored-images.ts';
import { bytes, counted } from '../terminal/quantities.ts';
import { withDatabase } from './with-database.ts';

const HELP = `
Examples:
  almagest images list
  almagest images list --collection survey.dr1
  almagest images list --json | jq -r .did

Exit status: 0, or 1 when the database cannot be reached.`;

interface Flags {
  readonly collection?: string;
  readonly json?: boolean;
}

export const imagesListCommand = new Command('list')
  .description('list the images that are published')
  .option('--collection <name>', 'those of one collection')
  .option('--json', 'print one JSON object per image on standard output')
  .addHelpText('after', HELP)
  .action((flags: Flags) =>
    withDatabase(async (client) => {
      let count = 0;
      for await (const image of allImages(client, flags.collection ?? null)) {
        count += 1;
        console.log(flags.json ? JSON.stringify(asJson(image)) : line(image));
      }
      if (!flags.json) console.log(`${counted(count, 'image')}.`);
    }),
  );

function line({ did, observation, file }: StoredImage): string {
  return `${did}  ${observation.obs_title}  ${bytes(file.bytes)}`;
}

function asJson({ did, collection, added, observation, file, hdu }: StoredImage) {
  return { did, collection, added, file, hdu: hdu.index, ...observation };
}
