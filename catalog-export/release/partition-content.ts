import { createHash } from 'node:crypto';
import type { Table } from '../../engine/catalog/table.ts';
import type { KeyedRows } from './keyed-rows.ts';

/** Of data files: raised when the same rows give another file than before. */
export const LAYOUT_VERSION = 1;

/**
 * SHA-256, hexadecimal, of what a data file is made from: partitions of the same content have the same file.
 * @param rows in the order of the file.
 */
export function contentOf(table: Table, { rows }: KeyedRows): string {
  const hash = createHash('sha256').update(JSON.stringify({ layout: LAYOUT_VERSION, table }));
  return hash.update(rows.bytes).digest('hex');
}
