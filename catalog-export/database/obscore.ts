import type pg from 'pg';
import type { Column } from '../../engine/catalog/column.ts';
import { qualifiedName } from '../../engine/catalog/table.ts';
import type { ObscoreRow } from '../../engine/obscore/row.ts';
import { OBSCORE } from '../../engine/obscore/table.ts';
import { markChanges } from './change-marks.ts';
import { createTable } from './copy.ts';
import { quoted, quotedTable } from './identifier.ts';
import { indexPositions } from './positions-index.ts';
import { grantPublished } from './reader-grants.ts';
import { describeSchema, readTable, writeTable } from './tap-schema.ts';
import { inTransaction } from './transaction.ts';

/** Advisory lock, so that of two processes that add the first image one makes the table. */
const OBSCORE_LOCK = 0x6f627363;

/** ObsCore 1.1 lets none of them be null, nor the identifier, which is the primary key. */
const NEVER_NULL: readonly (keyof ObscoreRow)[] = ['calib_level', 'obs_collection', 'obs_id'];

/** What queries by time and band look at. Overlap with an interval is a condition on both ends. */
const INDEXED: readonly (readonly (keyof ObscoreRow)[])[] = [
  ['t_min', 't_max'],
  ['em_min', 'em_max'],
];

/**
 * Makes `ivoa.obscore` and publishes it, unless it is there: an observatory without images has no such table. Not in a transaction
 * of the caller's.
 * @returns SQL that others have to run before TAP can read the table in PostgreSQL.
 * @throws Error when there is a table or view of that name that Almagest did not make.
 */
export function publishObscore(client: pg.Client): Promise<string[]> {
  return inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [OBSCORE_LOCK]);
    const known = await readTable(client, qualifiedName(OBSCORE));
    if (known !== null) {
      if (!sameColumns(known.columns)) throw new Error(OTHER_TABLE);
      return [];
    }
    const { rows } = await client.query('SELECT to_regclass($1) IS NOT NULL AS taken', [
      quotedTable(OBSCORE),
    ]);
    if (rows[0].taken) throw new Error(OTHER_TABLE);
    await makeTable(client);
    await describeSchema(client, OBSCORE.schema, OBSCORE.schemaDescription!);
    await writeTable(client, OBSCORE);
    await indexPositions(client, OBSCORE, { concurrently: false });
    await markChanges(client, OBSCORE, { concurrently: false });
    return grantPublished(client);
  });
}

const OTHER_TABLE =
  'the database has an ivoa.obscore that Almagest did not make, and images are listed in one of its own: ' +
  'rename yours, or give Almagest a database of its own';

function sameColumns(columns: readonly Column[]): boolean {
  const names = new Set(columns.map(({ name }) => name));
  return OBSCORE.columns.every(({ name }) => names.has(name));
}

async function makeTable(client: pg.Client): Promise<void> {
  const table = quotedTable(OBSCORE);
  await createTable(client, OBSCORE);
  await client.query(`
    ALTER TABLE ${table} ADD PRIMARY KEY (obs_publisher_did), ADD CHECK (calib_level BETWEEN 0 AND 4),
      ${NEVER_NULL.map((name) => `ALTER ${quoted(name)} SET NOT NULL`).join(', ')};
    ${INDEXED.map((names) => `CREATE INDEX ON ${table} (${names.map(quoted).join(', ')})`).join('; ')}`);
}
