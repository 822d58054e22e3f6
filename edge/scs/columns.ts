import { type Column, isText } from '../../engine/catalog/column.ts';
import { mainColumns, type Table } from '../../engine/catalog/table.ts';
import { remembered } from '../../engine/remembered.ts';
import type { Verbosity } from './parameters.ts';

/** The names of the columns that an answer shows: always the main ones, in the table's order. */
export function columnsOf(table: Table, verbosity: Verbosity): readonly string[] {
  return byVerbosity(table)[verbosity];
}

const byVerbosity = remembered((table: Table): Readonly<Record<Verbosity, readonly string[]>> => {
  const { id, ra, dec } = mainColumns(table);
  const names = (shown: (column: Column) => boolean) =>
    table.columns
      .filter((column) => column === id || column === ra || column === dec || shown(column))
      .map((column) => column.name);
  return { 1: names(() => false), 2: names((column) => column.principal), 3: names(() => true) };
});

const ID = 'meta.id;meta.main';

const UCD1: Readonly<Record<string, string>> = {
  [ID]: 'ID_MAIN',
  'pos.eq.ra;meta.main': 'POS_EQ_RA_MAIN',
  'pos.eq.dec;meta.main': 'POS_EQ_DEC_MAIN',
};

/**
 * Columns as SCS 1.03 §2.2 wants them described: the three main ones carry the words of UCD1, by which clients look for them, and
 * the identifier is text. Everywhere else they carry UCD1+.
 */
export const asScsColumns = remembered((columns: readonly Column[]) => columns.map(asScsColumn));

function asScsColumn(column: Column): Column {
  const ucd = UCD1[column.ucd ?? ''];
  if (ucd === undefined) return column;
  if (column.ucd !== ID || isText(column)) return { ...column, ucd };
  return { ...column, ucd, datatype: 'char', arraysize: '*', xtype: null };
}
