import pg from 'pg';

/** Quotes a name for PostgreSQL, whatever it holds. */
export const quoted: (name: string) => string = pg.escapeIdentifier;

/** Quotes schema and table for PostgreSQL. */
export function quotedTable(table: { schema: string; name: string }): string {
  return `${quoted(table.schema)}.${quoted(table.name)}`;
}

/** `schema.table` split at its only dot. @throws Error when there is not exactly one. */
export function parseTableName(text: string): { schema: string; name: string } {
  const [schema, name, ...more] = text.split('.');
  if (!schema || !name || more.length > 0) {
    throw new Error(`"${text}" is not a table's name: write schema.table, such as survey.stars`);
  }
  return { schema, name };
}

/** Schemas that hold no catalogues: PostgreSQL's, TAP_SCHEMA and Almagest's own. */
export function isReservedSchema(schema: string): boolean {
  return /^(tap_schema|almagest|almagest_history|information_schema|pg_.*)$/.test(schema);
}

/** As much of a text, whole letters, as has so many bytes of UTF-8 at most. */
export function firstBytes(text: string, bytes: number): string {
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, bytes), { stream: true });
}
