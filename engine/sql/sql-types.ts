import { typeOfColumn, type ValueType } from '../adql/check/value-type.ts';
import type { Column, Datatype } from '../catalog/column.ts';
import type { Dialect } from './sql.ts';

const SCALARS: Readonly<Record<Datatype, string>> = {
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

/** The name that both engines give to the type of a value; but for unsigned bytes, which PostgreSQL has not. */
export function sqlType({ family, datatype }: ValueType, dialect: Dialect): string {
  switch (family) {
    case 'timestamp':
      return 'timestamp';
    case 'point':
    case 'circle':
    case 'polygon':
      return 'double precision[]';
    case 'interval':
    case 'array':
      return `${scalar(datatype, dialect)}[]`;
    default:
      return scalar(datatype, dialect);
  }
}

export function sqlTypeOfColumn(column: Column, dialect: Dialect): string {
  return sqlType(typeOfColumn(column), dialect);
}

function scalar(datatype: Datatype, dialect: Dialect): string {
  return datatype === 'unsignedByte' && dialect === 'duckdb' ? 'utinyint' : SCALARS[datatype];
}
