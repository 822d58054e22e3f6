import type pg from 'pg';
import type { Table } from '../../engine/catalog/table.ts';
import { tableState } from '../database/table-state.ts';
import { LAYOUT_VERSION } from './partition-content.ts';
import type { PartitionLimits } from './table-rows.ts';

/** Partitions are what LSDB takes at a time and what changes as a whole; their bytes are sorted and encoded in memory, by each thread. */
export const DEFAULT_LIMITS: PartitionLimits = { rows: 250_000, bytes: 32 * 2 ** 20 };

/**
 * The state of a table as a manifest keeps it: where it is the same, an export would write the same data files.
 * @returns null where the database was not prepared for it by the migrations, or cannot tell.
 */
export async function stateOf(
  client: pg.Client,
  table: Table,
  limits: PartitionLimits,
): Promise<string | null> {
  const { rows } = await client.query<{ marked: boolean }>(
    "select to_regclass('almagest.changes') is not null as marked",
  );
  return rows[0]!.marked ? tableState(client, table, { version: LAYOUT_VERSION, limits }) : null;
}
