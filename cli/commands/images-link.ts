import { Command } from 'commander';
import { linkImage, unlinkImage } from '../../catalog-export/images/link.ts';
import { addTargetOption, bucketOf, TARGET_HELP, type TargetFlag } from './target-option.ts';
import { withDatabase } from './with-database.ts';

const HELP = `
Examples:
  almagest images link 'ivo://vo.example.org/survey.dr1?m31-g' m31-g.weight.fits --semantics weight
  almagest images link 'ivo://vo.example.org/survey.dr1?m31-g' https://example.org/raw/123.fits --semantics progenitor \\
      --description "Raw exposure"

A file is copied into the bucket and served with the image; an address is passed on as it is. The terms are those of the IVOA's
vocabulary datalink/core, such as progenitor, derivation, auxiliary, documentation, weight, error, calibration, flat and dark.
${TARGET_HELP}

Exit status: 0, or 1 when there is no such image, the term is none, or the file cannot be read.`;

interface Flags extends TargetFlag {
  readonly semantics: string;
  readonly description?: string;
  readonly contentType?: string;
}

export const imagesLinkCommand = addTargetOption(
  new Command('link')
    .description('tell that a file is related to an image')
    .argument('<id>', 'identifier of the image')
    .argument('<url or file>', 'http(s)://… or a file')
    .requiredOption('--semantics <term>', 'what the file is to the image, such as progenitor')
    .option('--description <text>', 'what it is, for people')
    .option('--content-type <type>', 'media type, where the name does not tell it'),
)
  .addHelpText('after', HELP)
  .action(async (did: string, target: string, flags: Flags) => {
    const { semantics, description = null, contentType = null } = flags;
    const storage = bucketOf(flags);
    const link = await withDatabase((client) =>
      linkImage(client, storage, { did, semantics, target, description, contentType }),
    );
    console.log(`Linked ${link.url ?? link.key} to ${did} as ${link.semantics}.`);
  });

const UNLINK_HELP = `
Examples:
  almagest images unlink 'ivo://vo.example.org/survey.dr1?m31-g' m31-g.weight.fits
  almagest images unlink 'ivo://vo.example.org/survey.dr1?m31-g' https://example.org/raw/123.fits

${TARGET_HELP}

Exit status: 0, or 1 when there is no such image or link.`;

export const imagesUnlinkCommand = addTargetOption(
  new Command('unlink')
    .description('take a related file from an image')
    .argument('<id>', 'identifier of the image')
    .argument('<url or file>', 'the address, or the name of the file, that was linked'),
)
  .addHelpText('after', UNLINK_HELP)
  .action(async (did: string, target: string, flags: TargetFlag) => {
    const storage = bucketOf(flags);
    const found = await withDatabase((client) => unlinkImage(client, storage, did, target));
    if (!found) throw new Error(`${did} has no link to ${target}`);
    console.log(`Took ${target} from ${did}.`);
  });
