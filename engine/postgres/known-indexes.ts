import { LRUCache } from 'lru-cache';
import { qualifiedName, type Table } from '../catalog/table.ts';
import { sharedLoads } from '../storage/shared-loads.ts';
import type { PostgresAccess } from './access.ts';
import { postgresError } from './errors.ts';
import { openSession } from './session.ts';
import { INDEX_KEYS, type IndexKeys, NO_INDEXES, type TableIndexes, tableIndexes } from './table-indexes.ts';

/** An index that is made or dropped is noticed after this time. */
const KEPT_MILLISECONDS = 10_000;
const SECONDS = 5;

const known = new LRUCache<string, readonly IndexKeys[]>({
  max: 32,
  ttl: KEPT_MILLISECONDS,
  // Else it remembers the time by a timer, which in workerd dies with the request that set it.
  ttlResolution: 0,
});
const shared = sharedLoads<readonly IndexKeys[]>();

/**
 * Which indexes tables have, asked of the database at most every ten seconds.
 * @throws PostgresError when the database cannot be asked.
 */
export async function knownIndexes(
  access: PostgresAccess,
  tables: readonly Table[],
): Promise<(table: Table) => TableIndexes> {
  const { host, port, database, user } = access;
  const key = JSON.stringify([host, port, database, user, ...tables.map(qualifiedName)]);
  const load = async () => {
    const rows = await ask(access, tables);
    known.set(key, rows);
    return rows;
  };
  const rows = known.get(key) ?? (await shared(key, load));
  const found = new Map(tables.map((table) => [qualifiedName(table), tableIndexes(table, rows)]));
  return (table) => found.get(qualifiedName(table)) ?? NO_INDEXES;
}

async function ask(access: PostgresAccess, tables: readonly Table[]): Promise<readonly IndexKeys[]> {
  try {
    const session = await openSession(access, SECONDS);
    try {
      const names = [tables.map(({ schema }) => schema), tables.map(({ name }) => name)];
      return (await session.client.query<IndexKeys>(INDEX_KEYS, names)).rows;
    } finally {
      session.close();
    }
  } catch (error) {
    throw postgresError(error);
  }
}
