import type { Column } from '../../engine/catalog/column.ts';
import { mainColumns, type Table } from '../../engine/catalog/table.ts';
import type { Verbosity } from './parameters.ts';

/** The names of the columns that an answer shows: always the main ones, in the table's order. */
export function columnsOf(table: Table, verbosity: Verbosity): string[] {
  const { id, ra, dec } = mainColumns(table);
  const main = new Set([id.name, ra.name, dec.name]);
  const shown = (column: Column): boolean =>
    main.has(column.name) || verbosity === 3 || (verbosity === 2 && column.principal);
  return table.columns.filter(shown).map((column) => column.name);
}

const UCD1: Readonly<Record<string, string>> = {
  'meta.id;meta.main': 'ID_MAIN',
  'pos.eq.ra;meta.main': 'POS_EQ_RA_MAIN',
  'pos.eq.dec;meta.main': 'POS_EQ_DEC_MAIN',
};

/**
 * A column as SCS 1.03 §2.2 wants it described: the three main columns carry the words of UCD1, by which clients
 * look for them. Everywhere else they carry UCD1+.
 */
export function withUcd1(column: Column): Column {
  const ucd = UCD1[column.ucd ?? ''];
  return ucd === undefined ? column : { ...column, ucd };
}
