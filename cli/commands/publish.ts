import { Command } from 'commander';
import { publishTable } from '../../catalog-export/ingest/publish.ts';
import { addCatalogOptions, type CatalogFlags, catalogOptions, reportPublished } from './catalog-options.ts';
import { withDatabase } from './with-database.ts';

const EXAMPLES = `
Examples:
  almagest publish survey.stars
  almagest publish survey.stars --ra alpha --dec delta --id objid --metadata columns.csv
  almagest publish public.Galaxies --columns id,ra,dec,mag_r --description "Galaxies with redshift"
  almagest publish jplus.objects --enumeration jplus=uJAVA,J0378,J0395,J0410,J0430,gSDSS,J0515,rSDSS,J0660,iSDSS,J0861,zSDSS
  almagest publish survey.epochs --no-id                   rows without positions, which nothing identifies: for joins
  almagest publish survey.stars --replace                  describe it anew
  almagest publish survey.stars --history                  a table that people edit: keep the versions of its rows

The rows stay as they are: a description is written into tap_schema, and a table gets the indexes by position and
identifier that it lacks, unless --no-index is given. Comments become descriptions. Identifier and position are found by primary key, UCD
or usual name (source_id, id, …; ra, raj2000, …; dec, dej2000, …). Where no column looks like a position, the table has none: it is queried
and joined, but has no cone search. All rows are read once, to see that identifiers are unique and positions are on the sky.

A table of your own gets triggers that leave a mark when something is written into it, so that an export of what has not changed costs
nothing. With --history it needs a primary key; nobody can write into it while its rows are copied to a table in almagest_history, which
every statement that writes keeps up to date from then on. "almagest gc --prune-history" removes the versions that no release needs.
Exit status: 0 when the catalogue is published, 1 otherwise.`;

export const publishCommand = addCatalogOptions(
  new Command('publish')
    .description('publish a table or view that is in your PostgreSQL already')
    .argument('<schema.table>', 'name of the table, as PostgreSQL has it'),
  'describe anew a table that is published',
)
  .addHelpText('after', EXAMPLES)
  .action(async (name: string, flags: CatalogFlags) => {
    const options = await catalogOptions(flags);
    const published = await withDatabase((client) => publishTable(client, name, options));
    reportPublished(published, flags.json ?? false);
  });
