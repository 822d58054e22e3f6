import { TEXT, type ValueType } from '../adql/check/value-type.ts';
import { AdqlCheckError } from '../adql/errors.ts';
import type { Cast, Expression, TextLiteral } from '../adql/syntax-tree.ts';
import { countLiteral, doubleLiteral } from './literals.ts';
import { NotTranslatable } from './sql.ts';
import { sqlType } from './sql-types.ts';
import { timestampOf } from './timestamps.ts';
import { bound, type Translation, typeOf } from './translation.ts';
import { value, valueAs } from './values.ts';

/** SQL of a CAST (ADQL 2.1 §4.7.1). */
export function cast(node: Cast, translation: Translation): string {
  const { dialect } = translation;
  const { operand, type, length } = node;
  const from = typeOf(operand, translation);
  const to = typeOf(node, translation);
  const sql = sqlType(to, dialect.name);
  if (from.family === 'null') return `NULL::${sql}`;
  if (type === 'CHAR')
    return `rpad(${text(operand, from, translation)}, ${countLiteral(length ?? '1')}, ' ')`;
  if (type === 'VARCHAR') {
    const whole = text(operand, from, translation);
    return length === null ? whole : `left(${whole}, ${countLiteral(length)})`;
  }
  if (from.family !== 'text') return valueAs(operand, to, translation);
  switch (to.family) {
    case 'timestamp':
      return valueAs(operand, to, translation);
    case 'point':
    case 'circle':
    case 'polygon':
      return geometryOfText(operand, to.family, translation);
    case 'integer':
      return dialect.textToInteger(value(operand, translation), sql);
    default:
      return dialect.textToReal(value(operand, translation), sql);
  }
}

function text(operand: Expression, { family, datatype }: ValueType, translation: Translation): string {
  const { dialect } = translation;
  const written = value(operand, translation);
  switch (family) {
    case 'text':
      return written;
    case 'timestamp':
      return dialect.timestampToText(written);
    case 'integer':
      return `${written}::text`;
    default:
      if (datatype === 'double') return dialect.doubleToText(written);
      // DuckDB does not write the shortest digits of these.
      if (dialect.name === 'duckdb') {
        throw new NotTranslatable('duckdb', 'texts of numbers of 32 bits', operand.position);
      }
      return `${written}::text`;
  }
}

/** @throws AdqlCheckError for a text that is no time */
export function timestampLiteral(literal: TextLiteral, translation: Translation): string {
  return `${bound({ text: timestampOf(literal) }, translation)}::timestamp`;
}

const GEOMETRIES = {
  point: { fits: (count: number) => count === 2, form: '10.5 -20.25' },
  circle: { fits: (count: number) => count === 3, form: '10.5 -20.25 1' },
  polygon: { fits: (count: number) => count >= 6 && count % 2 === 0, form: '10 0 20 0 15 10' },
} as const;

/** DALI 1.1 §3.3.5 to §3.3.7: numbers between white space. */
function geometryOfText(
  operand: Expression,
  family: keyof typeof GEOMETRIES,
  translation: Translation,
): string {
  const { dialect } = translation;
  const { fits, form } = GEOMETRIES[family];
  if (operand.kind === 'text') {
    const words = operand.text.trim().split(/\s+/);
    const numbers = words.map(Number);
    if (
      !fits(numbers.length) ||
      !words.every((word) => NUMBER.test(word)) ||
      !numbers.every(Number.isFinite)
    ) {
      throw new AdqlCheckError(`This text is no ${family}, such as '${form}'`, operand.position);
    }
    const latitude = numbers.find((number, index) => index % 2 === 1 && Math.abs(number) > 90);
    if (latitude !== undefined) {
      throw new AdqlCheckError(
        'A latitude lies between -90 and 90 degrees: is it given before the longitude?',
        operand.position,
      );
    }
    return `${dialect.array(numbers.map(doubleLiteral))}::double precision[]`;
  }
  return dialect.sharing([dialect.textToNumbers(valueAs(operand, TEXT, translation))], ([numbers]) => {
    const count = dialect.length(numbers!);
    const wrong = {
      point: `${count} <> 2`,
      circle: `${count} <> 3`,
      polygon: `${count} < 6 OR ${count} % 2 = 1`,
    }[family];
    return dialect.failing(wrong, `this text is no ${family}`, numbers!, 'double precision[]');
  });
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
