import { Command } from 'commander';
import { loadFile } from '../../catalog-export/ingest/load.ts';
import { terminalProgress } from '../terminal/progress.ts';
import { addCatalogOptions, type CatalogFlags, catalogOptions, reportPublished } from './catalog-options.ts';
import { withDatabase } from './with-database.ts';

const EXAMPLES = `
Examples:
  almagest load survey.csv --as survey.stars
  almagest load survey.vot.gz --as survey.stars
  almagest load survey.parquet --as survey.stars --description "Stars of the survey, data release 1"
  almagest load photometry.tsv.gz --as survey.phot --id obj --ra alpha --dec delta --metadata columns.csv
  almagest load filters.csv --as survey.filters --no-position      a table without positions, for joins
  almagest load survey-dr2.csv --as survey.stars --replace
  DATABASE_URL=postgres://me@host/sky almagest load survey.csv --as survey.stars

Files: CSV (names in the first line; comma, tab, semicolon or bar; .gz too), VOTable (.vot, .votable, .xml; .gz too) and
Parquet. Types of CSV are found from all values, an empty value is null. Units, UCDs and descriptions of a VOTable, also of the
one in the footer of a VOParquet file, are kept. Arrays stay arrays; in CSV they are what the metadata give an arraysize.
Identifier and position are found by UCD or usual name (source_id, id, …; ra, raj2000, …; dec, dej2000, …). Where no column looks
like a position, the table has none: it is queried and joined, but has no cone search.
A load that fails or is interrupted leaves nothing behind.
Exit status: 0 when the catalogue is published, 1 otherwise.`;

export const loadCommand = addCatalogOptions(
  new Command('load')
    .description('load a CSV, VOTable or Parquet file into PostgreSQL and publish it')
    .argument('<file>', 'path of the file')
    .requiredOption('--as <schema.table>', 'name of the new table, and of the catalogue'),
  'replace the table of an earlier load',
)
  .addHelpText('after', EXAMPLES)
  .action(async (file: string, { as: name, ...flags }: CatalogFlags & { as: string }) => {
    const options = await catalogOptions(flags);
    const progress = terminalProgress(flags.json ? process.stderr : process.stdout);
    const published = await withDatabase((client) => loadFile(client, file, name, options, progress)).catch(
      (error) => {
        progress.done();
        throw error;
      },
    );
    reportPublished(published, flags.json ?? false);
  });
