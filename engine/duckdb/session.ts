import type { SqlColumn } from './arrow-rows.ts';
import type { Connection } from './database.ts';
import type { Instance } from './instance.ts';
import { dropTable, type LoadedTable } from './loaded-tables.ts';

/** What a query holds while it runs. */
export interface Session {
  readonly instance: Instance;
  readonly connection: Connection;
  /** Reads a table from now on. */
  hold(table: LoadedTable): void;
  /** Gives a table the name that the SQL has for it. */
  show(table: LoadedTable, name: string, columns: readonly SqlColumn[]): void;
  /** Reads it no more. */
  leave(table: LoadedTable): void;
  /** Gives everything back; once is enough. */
  close(): void;
}

export function openSession(instance: Instance): Session {
  const connection = instance.connect();
  instance.busy.add(connection);
  const tables = new Set<LoadedTable>();
  let open = true;

  function leave(table: LoadedTable): void {
    tables.delete(table);
    table.readers.delete(connection);
    if (table.whole === null && !instance.database.broken) dropTable(instance, table);
  }

  return {
    instance,
    connection,
    hold(table) {
      tables.add(table);
      table.readers.add(connection);
    },
    show(table, name, columns) {
      const list = columns.map(({ name }) => name);
      connection.run(`CREATE OR REPLACE TEMP VIEW ${name} AS SELECT ${list} FROM releases.${table.name}`);
    },
    leave,
    close() {
      if (!open) return;
      open = false;
      instance.busy.delete(connection);
      // Ends the query, whose transaction keeps its tables alive.
      if (!instance.database.broken) connection.close();
      for (const table of tables) leave(table);
    },
  };
}
