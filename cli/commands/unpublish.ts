import { Command } from 'commander';
import { unpublishTable } from '../../catalog-export/ingest/unpublish.ts';
import { withDatabase } from './with-database.ts';

const EXAMPLES = `
Examples:
  almagest unpublish survey.stars

The rows stay as they are, and so do indexes and releases: the service answers from those until they are deleted from the bucket. The
description, the triggers that publishing put on the table, and the versions of its rows that --history kept go.
Exit status: 0 when the catalogue is not published any more, 1 otherwise.`;

export const unpublishCommand = new Command('unpublish')
  .description('take a catalogue out of what is exported')
  .argument('<schema.table>', 'name of the catalogue')
  .addHelpText('after', EXAMPLES)
  .action(async (name: string) => {
    const missing = await withDatabase((client) => unpublishTable(client, name));
    console.log(
      `${name} is not published any more. Its releases are served until its folder is deleted from the bucket.`,
    );
    if (missing.length > 0) {
      console.log(
        `Triggers are left on it, which somebody who owns it can drop:\n  ${missing.join(';\n  ')};`,
      );
    }
  });
