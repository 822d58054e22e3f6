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

/**
 * Columns of an answer as SCS 1.03 §2.2 wants them described: the table's three main ones carry the words of UCD1, by which clients
 * look for them, and the identifier is text. Everywhere else they carry UCD1+.
 */
export const asScsColumns = remembered((table: Table) => {
  const { id, ra, dec } = mainColumns(table);
  const described = new Map<Column, Column>([
    [id, { ...(isText(id) ? id : { ...id, datatype: 'char', arraysize: '*', xtype: null }), ucd: 'ID_MAIN' }],
    [ra, { ...ra, ucd: 'POS_EQ_RA_MAIN' }],
    [dec, { ...dec, ucd: 'POS_EQ_DEC_MAIN' }],
  ]);
  return remembered((columns: readonly Column[]) => columns.map((column) => described.get(column) ?? column));
});
