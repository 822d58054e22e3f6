export type SqlValue = string | number | null;

/** What of a Durable Object's database is used here. */
export interface Sql {
  exec(statement: string, ...values: SqlValue[]): { toArray(): Record<string, SqlValue>[] };
}
