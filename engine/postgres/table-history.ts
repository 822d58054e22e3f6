/** The schema in which PostgreSQL keeps the versions of rows, a table for each published one that keeps them. */
export const HISTORY_SCHEMA = 'almagest_history';

/** The transactions (xid8) that a version of a row came and went with; the latter null while it is there. */
export const BORN = 'almagest_born';
export const DIED = 'almagest_died';

/** A row of `HISTORIES`. */
export interface TableHistory {
  readonly schema_name: string;
  readonly table_name: string;
  /** The table in `HISTORY_SCHEMA`, with the columns that were ever published under their names, `BORN` and `DIED`. */
  readonly history_name: string;
  /** The manifests of the releases that it can tell have the same. */
  readonly id: string;
}

/** The histories of tables; takes their schemas ($1) and names ($2), two arrays of text. */
export const HISTORIES = `
  SELECT schema_name, table_name, history_name, id
  FROM almagest.histories
  JOIN unnest($1::text[], $2::text[]) AS wanted (schema_name, table_name) USING (schema_name, table_name)`;

/**
 * The condition that chooses, of a table in `HISTORY_SCHEMA`, the rows that a snapshot saw.
 * @param snapshot text of a pg_snapshot of the same server
 * @throws Error when it is not one.
 */
export function asOf(snapshot: string): string {
  if (!/^\d+:\d+:(\d+(,\d+)*)?$/.test(snapshot))
    throw new Error(`"${snapshot}" is not a snapshot of PostgreSQL`);
  const seen = (transaction: string) => `pg_visible_in_snapshot(${transaction}, '${snapshot}'::pg_snapshot)`;
  return `${seen(BORN)} AND (${DIED} IS NULL OR NOT ${seen(DIED)})`;
}
