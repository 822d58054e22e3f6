import { AdqlCheckError } from '../errors.ts';
import type { Cast, CastType } from '../syntax-tree.ts';
import {
  CIRCLE,
  DOUBLE,
  described,
  type Family,
  FLOAT,
  INTEGER,
  LONG,
  POINT,
  POLYGON,
  SHORT,
  TEXT,
  TIMESTAMP,
  type ValueType,
} from './value-type.ts';

const NUMBERS: readonly Family[] = ['integer', 'real', 'text'];

/** What each type is made of (ADQL 2.1 §4.7.1, table 13). */
const CASTS: Readonly<Record<CastType, { readonly type: ValueType; readonly from: readonly Family[] }>> = {
  SMALLINT: { type: SHORT, from: NUMBERS },
  INTEGER: { type: INTEGER, from: NUMBERS },
  BIGINT: { type: LONG, from: NUMBERS },
  REAL: { type: FLOAT, from: NUMBERS },
  'DOUBLE PRECISION': { type: DOUBLE, from: NUMBERS },
  CHAR: { type: TEXT, from: [...NUMBERS, 'timestamp'] },
  VARCHAR: { type: TEXT, from: [...NUMBERS, 'timestamp'] },
  TIMESTAMP: { type: TIMESTAMP, from: ['text', 'timestamp'] },
  POINT: { type: POINT, from: ['text', 'point'] },
  CIRCLE: { type: CIRCLE, from: ['text', 'circle'] },
  POLYGON: { type: POLYGON, from: ['text', 'polygon'] },
};

/**
 * The type that a CAST makes; between numbers, unit and meaning stay.
 * @throws AdqlCheckError if that type is not made of the operand's
 */
export function castTypeOf({ type: name, length, position }: Cast, operand: ValueType): ValueType {
  const { type, from } = CASTS[name];
  if (operand.family !== 'null' && !from.includes(operand.family)) {
    throw new AdqlCheckError(`CAST makes no ${name} of ${described(operand)}`, position);
  }
  const { datatype, unit, ucd } = operand;
  if (name === 'CHAR') return { ...type, datatype: textual(datatype), arraysize: length ?? '1' };
  if (name === 'VARCHAR') return { ...type, datatype: textual(datatype), arraysize: `${length ?? ''}*` };
  return operand.family === 'integer' || operand.family === 'real' ? { ...type, unit, ucd } : type;
}

function textual(datatype: ValueType['datatype']): 'char' | 'unicodeChar' {
  return datatype === 'unicodeChar' ? 'unicodeChar' : 'char';
}
