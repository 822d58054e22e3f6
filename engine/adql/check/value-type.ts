import type { Column, Datatype } from '../../catalog/column.ts';
import { isText } from '../../catalog/column.ts';

/** What a value is good for. */
export type Family =
  | 'integer'
  | 'real'
  | 'text'
  | 'boolean'
  | 'timestamp'
  | 'point'
  | 'circle'
  | 'polygon'
  | 'region'
  | 'interval'
  | 'array'
  | 'null';

/** The type of a value as VOTable tells it (ADQL 2.1 §3), with its unit and meaning where they are known. */
export interface ValueType extends Pick<Column, 'datatype' | 'arraysize' | 'xtype' | 'unit' | 'ucd'> {
  readonly family: Family;
}

const PLAIN = { arraysize: null, xtype: null, unit: null, ucd: null };

export const BOOLEAN: ValueType = { ...PLAIN, family: 'boolean', datatype: 'boolean' };
export const SHORT: ValueType = { ...PLAIN, family: 'integer', datatype: 'short' };
export const INTEGER: ValueType = { ...PLAIN, family: 'integer', datatype: 'int' };
export const LONG: ValueType = { ...PLAIN, family: 'integer', datatype: 'long' };
export const FLOAT: ValueType = { ...PLAIN, family: 'real', datatype: 'float' };
export const DOUBLE: ValueType = { ...PLAIN, family: 'real', datatype: 'double' };
export const TEXT: ValueType = { ...PLAIN, family: 'text', datatype: 'char', arraysize: '*' };
export const TIMESTAMP: ValueType = { ...TEXT, family: 'timestamp', xtype: 'timestamp' };
export const POINT: ValueType = { ...DOUBLE, family: 'point', arraysize: '2', xtype: 'point', unit: 'deg' };
export const CIRCLE: ValueType = { ...POINT, family: 'circle', arraysize: '3', xtype: 'circle' };
export const POLYGON: ValueType = { ...POINT, family: 'polygon', arraysize: '*', xtype: 'polygon' };
export const REGION: ValueType = { ...TEXT, family: 'region', xtype: 'adql:region' };
/** NULL alone has no type of its own. */
export const NULL: ValueType = { ...TEXT, family: 'null' };

const BY_XTYPE: Readonly<Record<string, Family>> = {
  timestamp: 'timestamp',
  point: 'point',
  circle: 'circle',
  polygon: 'polygon',
  region: 'region',
  interval: 'interval',
};

const INTEGERS: readonly Datatype[] = ['unsignedByte', 'short', 'int', 'long'];
/** The narrower before the wider. */
const NUMBERS: readonly Datatype[] = [...INTEGERS, 'float', 'double'];

/** The type of a column. */
export function typeOfColumn(column: Omit<ValueType, 'family'>): ValueType {
  const { datatype, arraysize, xtype, unit, ucd } = column;
  return { family: familyOf(column), datatype, arraysize, xtype, unit, ucd };
}

function familyOf(column: Omit<ValueType, 'family'>): Family {
  const xtype = column.xtype?.toLowerCase().replace(/^adql:/, '');
  if (xtype !== undefined && Object.hasOwn(BY_XTYPE, xtype)) return BY_XTYPE[xtype]!;
  if (dimensions(column).length > 0) return 'array';
  if (isText(column as Column)) return 'text';
  if (column.datatype === 'boolean') return 'boolean';
  return INTEGERS.includes(column.datatype) ? 'integer' : 'real';
}

/** The lengths of an array's dimensions, null for one that varies; a text is no array of characters. */
export function dimensions({
  datatype,
  arraysize,
}: Pick<Column, 'datatype' | 'arraysize'>): (number | null)[] {
  if (arraysize === null || arraysize === '1') return [];
  const lengths = arraysize.split('x').map((length) => (length.endsWith('*') ? null : Number(length)));
  return isText({ datatype } as Column) ? lengths.slice(1) : lengths;
}

export function isNumber({ family }: ValueType): boolean {
  return family === 'integer' || family === 'real' || family === 'null';
}

export function isInteger({ family }: ValueType): boolean {
  return family === 'integer' || family === 'null';
}

export function isGeometry({ family }: ValueType): boolean {
  return ['point', 'circle', 'polygon', 'region', 'null'].includes(family);
}

/**
 * The type that holds the values of both, null if there is none. Numbers widen: a float holds integers of up to 16 bits,
 * a double all others.
 */
export function commonType(a: ValueType, b: ValueType): ValueType | null {
  if (a.family === 'null') return b;
  if (b.family === 'null') return a;
  const meaning = { unit: sameOrOnly(a.unit, b.unit), ucd: sameOrOnly(a.ucd, b.ucd) };
  if (isNumber(a) && isNumber(b)) return { ...wider(a, b), ...meaning };
  if (a.family !== b.family) return null;
  const arraysize = a.arraysize === b.arraysize ? a.arraysize : '*';
  return { ...a, datatype: a.datatype === 'char' ? b.datatype : a.datatype, arraysize, ...meaning };
}

/** The wider of two numbers' types, without unit and meaning. */
export function wider(a: ValueType, b: ValueType): ValueType {
  const [narrow, wide] = [a.datatype, b.datatype].sort((x, y) => NUMBERS.indexOf(x) - NUMBERS.indexOf(y));
  const loses = wide === 'float' && (narrow === 'int' || narrow === 'long');
  const datatype = loses ? 'double' : wide!;
  return { ...PLAIN, family: INTEGERS.includes(datatype) ? 'integer' : 'real', datatype };
}

/** What calculations make of a number: never less than an integer of 32 bits. */
export function atLeastInteger({ family, datatype }: ValueType): ValueType {
  return family === 'real' || datatype === 'long' ? { ...PLAIN, family, datatype } : INTEGER;
}

/** What both have, or one has while the other, such as a constant, has none. */
function sameOrOnly(a: string | null, b: string | null): string | null {
  return a === b || b === null ? a : a === null ? b : null;
}

const DESCRIPTIONS: Readonly<Record<Family, string>> = {
  integer: 'an integer',
  real: 'a number',
  text: 'a text',
  boolean: 'a boolean',
  timestamp: 'a timestamp',
  point: 'a point',
  circle: 'a circle',
  polygon: 'a polygon',
  region: 'a region',
  interval: 'an interval',
  array: 'an array',
  null: 'NULL',
};

/** A type as a message names it. */
export function described({ family }: ValueType): string {
  return DESCRIPTIONS[family];
}
