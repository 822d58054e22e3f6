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
  /** Begins a transaction that can change nothing. */
  begin(): void;
  /** Ends it, as is to be said of it. */
  end(how: 'COMMIT' | 'ROLLBACK'): void;
  /** Gives everything back; once is enough. */
  close(): void;
}

export function openSession(instance: Instance): Session {
  const connection = instance.connections.take();
  instance.busy.add(connection);
  const tables = new Set<LoadedTable>();
  let open = true;
  let inTransaction = false;

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
      const rows = `SELECT ${columns.map(({ name }) => name)} FROM releases.${table.name}`;
      if (connection.views.get(name) === rows) return;
      connection.run(`CREATE OR REPLACE TEMP VIEW ${name} AS ${rows}`);
      connection.views.set(name, rows);
    },
    leave,
    begin() {
      inTransaction = true;
      connection.run('BEGIN TRANSACTION READ ONLY');
    },
    end(how) {
      connection.run(how);
      inTransaction = false;
    },
    close() {
      if (!open) return;
      open = false;
      instance.busy.delete(connection);
      if (!instance.database.broken) {
        // Closed, it ends the query, whose transaction keeps its tables alive.
        if (inTransaction) connection.close();
        else instance.connections.giveBack(connection);
      }
      for (const table of tables) leave(table);
    },
  };
}
