import { LRUCache } from 'lru-cache';
import { qualifiedName, type Table } from '../catalog/table.ts';
import { sharedLoads } from '../storage/shared-loads.ts';
import type { PostgresAccess } from './access.ts';
import { postgresError } from './errors.ts';
import { openSession } from './session.ts';

/** What changes in the database is noticed after this time. */
const KEPT_MILLISECONDS = 10_000;
const SECONDS = 5;

/** What the database knows of tables, asked of it at most every ten seconds; @throws PostgresError when it cannot be asked. */
export type KnownAnswers<Row> = (access: PostgresAccess, tables: readonly Table[]) => Promise<readonly Row[]>;

/** @param question SQL that takes the schemas ($1) and names ($2) of tables, two arrays of text. */
export function knownAnswers<Row extends object>(question: string): KnownAnswers<Row> {
  const known = new LRUCache<string, readonly Row[]>({
    max: 32,
    ttl: KEPT_MILLISECONDS,
    // Else it remembers the time by a timer, which in workerd dies with the request that set it.
    ttlResolution: 0,
  });
  const shared = sharedLoads<readonly Row[]>();

  async function ask(access: PostgresAccess, tables: readonly Table[]): Promise<readonly Row[]> {
    try {
      const session = await openSession(access, SECONDS);
      try {
        const names = [tables.map(({ schema }) => schema), tables.map(({ name }) => name)];
        return (await session.client.query<Row>(question, names)).rows;
      } finally {
        session.close();
      }
    } catch (error) {
      throw postgresError(error);
    }
  }

  return async (access, tables) => {
    const { host, port, database, user } = access;
    const key = JSON.stringify([host, port, database, user, ...tables.map(qualifiedName)]);
    const load = async () => {
      const rows = await ask(access, tables);
      known.set(key, rows);
      return rows;
    };
    return known.get(key) ?? (await shared(key, load));
  };
}
