import { AdqlSyntaxError } from './errors.ts';
import type { Position } from './position.ts';
import type { Cast, CastType } from './syntax-tree.ts';

const CAST_TYPES: readonly CastType[] = [
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'REAL',
  'DOUBLE PRECISION',
  'CHAR',
  'VARCHAR',
  'TIMESTAMP',
  'POINT',
  'CIRCLE',
  'POLYGON',
];

/** What other databases call the types. */
const NEAREST: Readonly<Record<string, CastType>> = {
  INT: 'INTEGER',
  FLOAT: 'REAL',
  DOUBLE: 'DOUBLE PRECISION',
  DECIMAL: 'DOUBLE PRECISION',
  NUMERIC: 'DOUBLE PRECISION',
  LONG: 'BIGINT',
  SHORT: 'SMALLINT',
  TEXT: 'VARCHAR',
  STRING: 'VARCHAR',
  CHARACTER: 'CHAR',
  DATE: 'TIMESTAMP',
  DATETIME: 'TIMESTAMP',
};

/**
 * The type that a CAST names (ADQL 2.1 §4.7.1).
 * @throws AdqlSyntaxError for any other type, and for a length where none belongs
 */
export function castType(
  written: string,
  length: string | null,
  position: Position,
): Pick<Cast, 'type' | 'length'> {
  const upper = written.toUpperCase();
  const type = CAST_TYPES.find((known) => known === upper);
  if (type === undefined) {
    const nearest = Object.hasOwn(NEAREST, upper)
      ? `: use ${NEAREST[upper]}`
      : `, only to ${CAST_TYPES.join(', ')}`;
    throw new AdqlSyntaxError(`CAST does not convert to ${upper}${nearest}`, position);
  }
  if (length !== null && type !== 'CHAR' && type !== 'VARCHAR') {
    throw new AdqlSyntaxError(`${type} takes no length`, position);
  }
  return { type, length };
}
