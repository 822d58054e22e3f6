import type { Connection, Database } from './database.ts';

/** A connection of queries, one after the other. */
export interface QueryConnection extends Connection {
  /** What its temporary views select, by their names. */
  readonly views: Map<string, string>;
}

/** Connections that wait for the next query: a new one, its views and its first statements take a millisecond. */
export interface Connections {
  take(): QueryConnection;
  /** @param connection in no transaction. */
  giveBack(connection: QueryConnection): void;
}

/** As many wait at most. */
const WAITING = 8;

/** @param prepare what a new connection begins with. */
export function connectionsOf(database: Database, prepare: string): Connections {
  const waiting: QueryConnection[] = [];
  return {
    take() {
      const known = waiting.pop();
      if (known !== undefined) return known;
      const connection = database.connect();
      connection.run(prepare);
      return { ...connection, views: new Map() };
    },
    giveBack(connection) {
      if (waiting.length < WAITING) waiting.push(connection);
      else connection.close();
    },
  };
}
