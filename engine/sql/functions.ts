import {
  DOUBLE,
  INTEGER,
  isInteger,
  LONG,
  TEXT,
  TIMESTAMP,
  type ValueType,
} from '../adql/check/value-type.ts';
import type { Expression, FunctionCall } from '../adql/syntax-tree.ts';
import { positionColumns } from '../catalog/table.ts';
import { plainColumn } from '../plan/tree.ts';
import { transformation } from './geometry.ts';
import { doubleLiteral } from './literals.ts';
import { withNumbers } from './shapes.ts';
import { nameOf, type Translation, typeOf } from './translation.ts';
import { valueAs } from './values.ts';

type Write = (call: FunctionCall, translation: Translation) => string;

/** A function of numbers that both engines have, of one name. */
function numeric(name: string): Write {
  return (call, translation) => `${name}(${doubles(call, translation).join(', ')})`;
}

/** A function of schema almagest, of the parameters that it has there. */
function own(name: string, parameters: readonly ValueType[]): Write {
  return ({ arguments: given }, translation) => {
    const written = given.map((argument, index) => valueAs(argument, parameters[index]!, translation));
    return `almagest.${name}(${written.join(', ')})`;
  };
}

/** ROUND and TRUNCATE. */
function toPlaces(name: string): Write {
  return ({ arguments: [x, places] }, translation) => {
    const digits = places === undefined ? '0' : valueAs(places, INTEGER, translation);
    return `almagest.${name}(${valueAs(x!, DOUBLE, translation)}, ${digits})`;
  };
}

const doubles = ({ arguments: given }: FunctionCall, translation: Translation): string[] =>
  given.map((argument) => valueAs(argument, DOUBLE, translation));

const times =
  (factor: number): Write =>
  (call, translation) =>
    translation.dialect.bounded(
      doubles(call, translation),
      ([angle]) => `(${angle} * ${doubleLiteral(factor)})`,
    );

/** The functions by their names in capitals. ROUND, TRUNCATE and MOD of doubles are the same formulas in both engines. */
const FUNCTIONS: Readonly<Record<string, Write>> = {
  ABS: numeric('abs'),
  CEILING: numeric('ceil'),
  DEGREES: times(180 / Math.PI),
  EXP: (call, translation) => translation.dialect.exp(doubles(call, translation)[0]!),
  FLOOR: numeric('floor'),
  LOG: numeric('ln'),
  LOG10: numeric('log10'),
  MOD: modulo,
  PI: () => doubleLiteral(Math.PI),
  POWER(call, translation) {
    const [base, exponent] = doubles(call, translation);
    return translation.dialect.power(base!, exponent!);
  },
  RADIANS: times(Math.PI / 180),
  RAND: () => 'random()',
  ROUND: toPlaces('round'),
  SQRT: numeric('sqrt'),
  TRUNCATE: toPlaces('truncate'),
  ACOS: numeric('acos'),
  ASIN: numeric('asin'),
  ATAN: numeric('atan'),
  ATAN2: numeric('atan2'),
  COS: numeric('cos'),
  COT: (call, translation) =>
    translation.dialect.realQuotient(doubleLiteral(1), numeric('tan')(call, translation)),
  SIN: numeric('sin'),
  TAN: numeric('tan'),
  LOWER: ({ arguments: [text] }, translation) => translation.dialect.lower(valueAs(text!, TEXT, translation)),
  UPPER: ({ arguments: [text] }, translation) => translation.dialect.upper(valueAs(text!, TEXT, translation)),
  COALESCE: (call, translation) => {
    const type = typeOf(call, translation);
    return `coalesce(${call.arguments.map((each) => valueAs(each, type, translation)).join(', ')})`;
  },
  IVO_HEALPIX_INDEX: healpixIndex,
  IVO_HEALPIX_CENTER: own('healpix_center', [INTEGER, LONG]),
  IVO_HASHLIST_HAS: own('hashlist_has', [TEXT, TEXT]),
  IVO_HASWORD: own('hasword', [TEXT, TEXT]),
  IVO_NOCASEMATCH: own('nocasematch', [TEXT, TEXT]),
  IVO_INTERVAL_OVERLAPS: own('interval_overlaps', [DOUBLE, DOUBLE, DOUBLE, DOUBLE]),
  IVO_GEOM_TRANSFORM: transformation,
  IVO_TO_JD: own('to_jd', [TIMESTAMP]),
  IVO_TO_MJD: own('to_mjd', [TIMESTAMP]),
  GAVO_TRANSFORM: transformation,
  GAVO_TO_JD: own('to_jd', [TIMESTAMP]),
  GAVO_TO_MJD: own('to_mjd', [TIMESTAMP]),
};

/** Whether there is SQL for a function, by its name in capitals. */
export function isWritable(name: string): boolean {
  return Object.hasOwn(FUNCTIONS, name);
}

/** SQL of a function call. */
export function functionCall(call: FunctionCall, translation: Translation): string {
  const text = FUNCTIONS[call.name.toUpperCase()]!(call, translation);
  const { narrowKey } = translation;
  return text === narrowKey?.usual ? `${narrowKey.narrow}::double precision` : text;
}

function modulo(call: FunctionCall, translation: Translation): string {
  const { dialect } = translation;
  const [x, y] = call.arguments as [Expression, Expression];
  if (![x, y].every((each) => isInteger(typeOf(each, translation)))) {
    return `almagest.mod(${doubles(call, translation).join(', ')})`;
  }
  const [dividend, divisor] = [x, y].map((each) => valueAs(each, LONG, translation));
  return `${dialect.integerRemainder(dividend!, divisor!)}::double precision`;
}

function healpixIndex({ arguments: given }: FunctionCall, translation: Translation): string {
  const [order, first, latitude] = given as [Expression, Expression, Expression | undefined];
  const [lon, lat] = first.kind === 'point' ? [first.longitude, first.latitude] : [first, latitude];
  const stored = lat === undefined ? null : storedCell(order, lon, lat, translation);
  if (stored !== null) return stored;
  const depth = valueAs(order, INTEGER, translation);
  const index = (position: readonly string[]) => `almagest.healpix_index(${depth}, ${position.join(', ')})`;
  return lat === undefined
    ? withNumbers([first], translation, (point) => index(point!))
    : index([lon, lat].map((each) => valueAs(each, DOUBLE, translation)));
}

/** SQL of the cell that a release has stored with a row, null where it has not. */
function storedCell(
  order: Expression,
  lon: Expression,
  lat: Expression,
  translation: Translation,
): string | null {
  const { findings, dialect, context, cells } = translation;
  if (dialect.name !== 'duckdb' || order.kind !== 'number' || order.form !== 'integer') return null;
  const [ra, dec] = [plainColumn(lon, findings), plainColumn(lat, findings)];
  const use = context.uses.find(({ node }) => node === ra?.source);
  if (use === undefined || use.release === null || dec?.source !== use.node) return null;
  const main = positionColumns(use.table);
  const depth = BigInt(order.text);
  if (main === null || ra?.column !== main.ra || dec.column !== main.dec || depth > 29n) return null;
  cells.add(use.node);
  return `(${nameOf(use.node, translation)}.h >> ${2n * (29n - depth)})`;
}
