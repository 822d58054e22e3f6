import { RESERVED_WORDS } from '../adql/reserved-words.ts';
import type { Table } from '../catalog/table.ts';

/**
 * The name as it appears in queries, which is how TAP_SCHEMA holds it (TAP 1.1 §4.2, §4.3): a delimited
 * identifier unless it is a regular one in both ADQL and PostgreSQL, which folds to lower case.
 */
export function queryName(name: string): string {
  return /^[a-z][a-z0-9_]*$/.test(name) && !RESERVED_WORDS.has(name.toUpperCase())
    ? name
    : `"${name.replaceAll('"', '""')}"`;
}

/** The inverse of `queryName`. */
export function plainName(inQuery: string): string {
  return inQuery.startsWith('"') ? inQuery.slice(1, -1).replaceAll('""', '"') : inQuery;
}

/** Schema and table as they appear in queries. */
export function tableQueryName({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
  return `${queryName(schema)}.${queryName(name)}`;
}
