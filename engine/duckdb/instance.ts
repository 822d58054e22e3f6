import { LRUCache } from 'lru-cache';
import { type Connections, connectionsOf } from './connections.ts';
import { type Connection, type Database, type DuckdbCode, startDatabase } from './database.ts';
import { functionMaker, type MakeFunctions } from './functions.ts';
import type { LoadedTable, Loading } from './loaded-tables.ts';

/** A database that runs, with the tables that are in it. */
export interface Instance {
  readonly database: Database;
  /** For tables; queries have connections of their own. */
  readonly control: Connection;
  readonly connections: Connections;
  /** Least recently used first. */
  readonly tables: Set<LoadedTable>;
  /** Bytes of tables at most. */
  readonly tableBytes: number;
  readonly loading: Set<Loading>;
  readonly makeFunctions: MakeFunctions;
  /** Groups for which a quicker statement failed. */
  readonly failed: LRUCache<string, true>;
  /** Connections of queries that are being answered. */
  readonly busy: Set<Connection>;
  /** A name that no other table of this database had. */
  newName(): string;
}

/** What DuckDB takes before it has any data, what it does not count, and the steps in which its memory grows, bytes. */
const OWN_BYTES = 24 * 2 ** 20;

/** What every connection begins with. */
const USE = 'USE releases';

const REMEMBERED_FAILURES = 1000;

/** What tables may take of it: the rest is for queries. */
const TABLE_SHARE = 0.75;

/**
 * Starts DuckDB, closed up: no files, no network, no extensions, and no way to change that.
 * @param memoryBytes of WebAssembly's memory at most.
 */
export async function startInstance(code: DuckdbCode, memoryBytes: number): Promise<Instance> {
  const database = await startDatabase(code, memoryBytes);
  const control = database.connect();
  // In the database that is there at first tables would take twice the memory.
  control.run("ATTACH ':memory:' AS releases (COMPRESS)");
  control.run(USE);
  const limit = memoryBytes - OWN_BYTES;
  for (const statement of [
    `SET memory_limit = '${limit}B'`,
    "SET temp_directory = ''",
    // It would wait for ever for a query that is being answered: `compress` in load.ts makes checkpoints when there is none.
    "SET checkpoint_threshold = '1 TB'",
    // As in PostgreSQL, sqrt(-1) is an error and not NaN.
    'SET ieee_floating_point_ops = false',
    'SET autoinstall_known_extensions = false',
    'SET autoload_known_extensions = false',
    'SET allow_community_extensions = false',
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ]) {
    control.run(statement);
  }
  let names = 0;
  return {
    database,
    control,
    tables: new Set(),
    tableBytes: limit * TABLE_SHARE,
    loading: new Set(),
    busy: new Set(),
    failed: new LRUCache({ max: REMEMBERED_FAILURES }),
    makeFunctions: functionMaker(control),
    connections: connectionsOf(database, USE),
    newName: () => `rows_${++names}`,
  };
}
