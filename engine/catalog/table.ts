import { remembered } from '../remembered.ts';
import type { Column } from './column.ts';

/** A published table as TAP_SCHEMA.tables describes it (TAP 1.1 §4.2), with its columns in order. */
export interface Table {
  readonly schema: string;
  /** What the schema holds, all of its tables together; absent where nobody has said it. */
  readonly schemaDescription?: string;
  /** Unqualified: `stars`, not `hipparcos.stars`. */
  readonly name: string;
  readonly description: string | null;
  readonly utype: string | null;
  readonly columns: readonly Column[];
}

/** The columns that make a table a catalogue of positions; found by UCD (SCS 1.03 §2.2, UCD1+). */
export interface MainColumns {
  /** `meta.id;meta.main` */
  readonly id: Column;
  /** `pos.eq.ra;meta.main`, degrees ICRS. */
  readonly ra: Column;
  /** `pos.eq.dec;meta.main`, degrees ICRS. */
  readonly dec: Column;
}

/** `schema.name`, which is also the catalogue's name in addresses and in the bucket. */
export function qualifiedName(table: Table): string {
  return `${table.schema}.${table.name}`;
}

/**
 * The identifier and position columns of a table.
 * @throws Error naming the UCD that no column carries, or that several do.
 */
export const mainColumns = remembered((table: Table): MainColumns => {
  const only = (ucd: string): Column => {
    const found = table.columns.filter((column) => column.ucd === ucd);
    if (found.length !== 1) {
      const names = found.map((column) => column.name).join(', ');
      throw new Error(
        `${qualifiedName(table)} needs exactly one column with UCD ${ucd}, it has ${found.length}${names && ` (${names})`}`,
      );
    }
    return found[0]!;
  };
  return {
    id: only('meta.id;meta.main'),
    ra: only('pos.eq.ra;meta.main'),
    dec: only('pos.eq.dec;meta.main'),
  };
});
