import type { Identifier, Query, TableName } from './syntax-tree.ts';

/** Expressions hold queries and queries hold expressions: each writer is given the other. */
export type WriteQuery = (query: Query) => string;

export function writeIdentifier({ name, delimited }: Identifier): string {
  return delimited ? `"${name.replaceAll('"', '""')}"` : name;
}

export function writeTableName({ parts }: TableName): string {
  return parts.map(writeIdentifier).join('.');
}

export function writeText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
