import type pg from 'pg';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { markChanges } from '../database/change-marks.ts';
import { type CopyValue, copyRows, createTable, type RowBatch } from '../database/copy.ts';
import { quoted, quotedTable } from '../database/identifier.ts';
import { indexPositions } from '../database/positions-index.ts';
import { describeSchema, readTable, writeTable } from '../database/tap-schema.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Progress } from '../progress.ts';
import { OBJECTS, OBJECTS_SCHEMA, readObjects } from './objects.ts';
import { readStars, STARS, STARS_SCHEMA } from './stars.ts';

/** Advisory lock, so that of two processes that load the demo one does. */
const DEMO_LOCK = 0x64656d6f;
const BATCH_ROWS = 2000;

interface DemoCatalog {
  readonly table: Table;
  readonly schemaDescription: string;
  readonly key: string;
  readonly read: () => Promise<CopyValue[][]>;
}

const CATALOGS: readonly DemoCatalog[] = [
  { table: STARS, schemaDescription: STARS_SCHEMA, key: 'source_id', read: readStars },
  { table: OBJECTS, schemaDescription: OBJECTS_SCHEMA, key: 'id', read: readObjects },
];

/**
 * Loads and publishes the demo catalogues `hipparcos.stars` and `dso.objects`, each in one transaction, unless
 * they are there. Meant for the embedded database: never call it on a user's own.
 */
export async function loadDemo(client: pg.Client, progress: Progress): Promise<void> {
  for (const catalog of CATALOGS) {
    await inTransaction(client, async () => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [DEMO_LOCK]);
      const present = await readTable(client, qualifiedName(catalog.table));
      if (present === null) await loadCatalog(client, catalog, progress);
      await indexPositions(client, catalog.table, { concurrently: false });
      await markChanges(client, catalog.table, { concurrently: false });
    });
  }
}

async function loadCatalog(client: pg.Client, catalog: DemoCatalog, progress: Progress): Promise<void> {
  const { table, key } = catalog;
  const name = qualifiedName(table);
  const rows = await catalog.read();
  progress.start(`Loading ${name}`, rows.length);
  await createTable(client, table);
  await copyRows(client, table, reported(rows, progress));
  await client.query(`ALTER TABLE ${quotedTable(table)} ADD PRIMARY KEY (${quoted(key)})`);
  await describeSchema(client, table.schema, catalog.schemaDescription);
  await writeTable(client, table);
  progress.done(`Loaded ${name}: ${rows.length.toLocaleString('en')} rows`);
}

function* reported(rows: CopyValue[][], progress: Progress): Generator<RowBatch> {
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    const batch = rows.slice(from, from + BATCH_ROWS);
    yield batch;
    progress.advance(batch.length);
  }
}
