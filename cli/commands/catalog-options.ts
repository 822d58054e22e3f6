import type { Command } from 'commander';
import type { CatalogOptions, PreparedCatalog } from '../../catalog-export/ingest/describe.ts';
import { parseEnumerations } from '../../catalog-export/ingest/enumerations.ts';
import { readMetadataFile } from '../../catalog-export/ingest/metadata-file.ts';

/** The flags that `load` and `publish` share, as commander gives them. */
export interface CatalogFlags {
  /** False: there is none. */
  readonly id?: string | false;
  readonly ra?: string;
  readonly dec?: string;
  readonly position?: boolean;
  readonly columns?: string;
  readonly description?: string;
  readonly metadata?: string;
  readonly enumeration?: readonly string[];
  readonly replace?: boolean;
  readonly index?: boolean;
  readonly history?: boolean;
  readonly json?: boolean;
}

export function addCatalogOptions(command: Command, replaceMeaning: string): Command {
  return command
    .option('--id <column>', 'column of the identifier, different in every row')
    .option('--ra <column>', 'column of the right ascension, degrees ICRS')
    .option('--dec <column>', 'column of the declination, degrees ICRS')
    .option(
      '--no-position',
      'the rows have no positions: they can be queried and joined, but have no cone search',
    )
    .option('--no-id', 'no column is different in every row; for tables without positions')
    .option('--columns <names>', 'publish these columns only, separated by commas')
    .option('--description <text>', 'what the catalogue holds')
    .option(
      '--metadata <file>',
      'describes columns: a VOTable, or CSV with name, unit, ucd, utype, xtype, arraysize (such as 8x12), description, principal',
    )
    .option(
      '--enumeration <name=members>',
      'names for the elements of arrays, as jplus=uJAVA,J0378,…: queries say mag[jplus::J0378] (repeatable)',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option('--replace', replaceMeaning)
    .option('--no-index', 'make no indexes by position and identifier')
    .option(
      '--history',
      'keep the versions of rows from now on, so that PostgreSQL answers as of any later release',
    )
    .option('--no-history', 'keep no versions of rows any more, and forget those that were kept')
    .option('--json', 'print what was published as one JSON object on standard output');
}

export async function catalogOptions(flags: CatalogFlags): Promise<CatalogOptions> {
  return {
    main: {
      ...(typeof flags.id === 'string' && { id: flags.id }),
      ra: flags.ra,
      dec: flags.dec,
      position: flags.position ?? true,
      identifier: flags.id !== false,
    },
    columns: flags.columns?.split(',').map((name) => name.trim()) ?? null,
    description: flags.description ?? null,
    metadata: flags.metadata === undefined ? new Map() : await readMetadataFile(flags.metadata),
    enumerations: parseEnumerations(flags.enumeration ?? []),
    replace: flags.replace ?? false,
    index: flags.index ?? true,
    ...(flags.history !== undefined && { history: flags.history }),
  };
}

/** Says what was published and what comes next. */
export function reportPublished(published: PreparedCatalog, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(published));
    return;
  }
  const { catalog, rows, rowsWithoutPosition, columns } = published;
  const { missingGrants, indexes, missingIndexes, missingTriggers, history } = published;
  const { id, ra, dec } = published;
  const identifier = id === null ? 'no identifier' : `identifier ${id}`;
  const position = ra === null ? 'no positions' : `position ${ra}, ${dec}`;
  console.log(
    `Published ${catalog}: ${rows.toLocaleString('en')} rows, ${columns} columns; ${identifier}, ${position}.`,
  );
  if (ra === null) {
    console.log(
      'Without positions it answers queries and joins, but no cones: if two columns are a position, say which with --ra, --dec and --replace.',
    );
  }
  if (rowsWithoutPosition > 0) {
    console.log(`Rows without position, which no cone finds: ${rowsWithoutPosition.toLocaleString('en')}.`);
  }
  if (missingGrants.length > 0) {
    console.log(
      `For queries in PostgreSQL somebody who owns the table must run:\n  ${missingGrants.join(';\n  ')};`,
    );
  }
  if (indexes.length > 0) {
    console.log(
      `Made for queries in PostgreSQL: ${indexes.join(', ')} (DROP INDEX removes them, --no-index makes none).`,
    );
  }
  if (missingIndexes.length > 0) {
    console.log(
      `For fast queries in PostgreSQL somebody who owns the table must run:\n  ${missingIndexes.join(';\n  ')};`,
    );
  }
  if (history) {
    console.log(
      'Versions of its rows are kept: PostgreSQL answers as of the releases that are made from now on (--no-history ends that).',
    );
  }
  if (missingTriggers.length > 0) {
    console.log(
      `So that an export of unchanged rows need not read them somebody who owns the table must run, while nobody writes into it for long:\n  ${missingTriggers.join(';\n  ')};`,
    );
  }
  console.log(`"almagest export ${catalog}" makes a release of it, which the service then answers from.`);
}
