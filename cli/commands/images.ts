import { Command } from 'commander';
import { imagesAddCommand } from './images-add.ts';
import { imagesLinkCommand, imagesUnlinkCommand } from './images-link.ts';
import { imagesListCommand } from './images-list.ts';
import { imagesRebuildCommand } from './images-rebuild.ts';
import { imagesRemoveCommand } from './images-remove.ts';

const HELP = `
Examples:
  almagest images add plates/ --collection survey.dr1 --dry-run     what ObsCore would say of them
  almagest images add plates/ --collection survey.dr1               FITS files → PostgreSQL and the bucket
  almagest export ivoa.obscore                                      now they are found at the edge too
  almagest images list --collection survey.dr1
  almagest images link 'ivo://vo.example.org/survey.dr1?m31-g' weights.fits --semantics weight

"almagest images add --help" and so on tell more.`;

export const imagesCommand = new Command('images')
  .description('publish images: FITS files, found by SIA and ObsCore, with previews, links and cutouts')
  .addCommand(imagesAddCommand)
  .addCommand(imagesListCommand)
  .addCommand(imagesRemoveCommand)
  .addCommand(imagesLinkCommand)
  .addCommand(imagesUnlinkCommand)
  .addCommand(imagesRebuildCommand)
  .addHelpText('after', HELP);
