import type { Column, Datatype } from '../../engine/catalog/column.ts';

const TYPES: Record<Datatype, string> = {
  boolean: 'boolean',
  unsignedByte: 'smallint',
  short: 'smallint',
  int: 'integer',
  long: 'bigint',
  float: 'real',
  double: 'double precision',
  char: 'text',
  unicodeChar: 'text',
};

/** The PostgreSQL type that holds a column. */
export function postgresType(column: Pick<Column, 'datatype' | 'xtype'>): string {
  return column.xtype === 'timestamp' ? 'timestamp' : TYPES[column.datatype];
}
