import { AdqlCheckError } from '../errors.ts';
import type { Position } from '../position.ts';
import { described, isNumber, type ValueType } from './value-type.ts';

const SCALARS: ReadonlySet<ValueType['family']> = new Set(['text', 'timestamp', 'boolean', 'null']);

/**
 * Refuses a comparison of what has no order, or of different things. A timestamp compares with a text too, which is
 * an extension: ADQL 2.1 §3.2.1 wants a CAST.
 * @throws AdqlCheckError
 */
export function refuseIncomparable(left: ValueType, right: ValueType, position: Position): void {
  for (const type of [left, right]) {
    if (isNumber(type) || SCALARS.has(type.family)) continue;
    const hint =
      type.family === 'array' || type.family === 'interval'
        ? 'compare its elements, as in column[1]'
        : 'use CONTAINS, INTERSECTS or DISTANCE';
    throw new AdqlCheckError(`${capital(described(type))} compares with nothing: ${hint}`, position);
  }
  if (isNumber(left) && isNumber(right)) return;
  const families = new Set([left.family, right.family]);
  families.delete('null');
  if (families.size < 2 || (families.has('text') && families.has('timestamp'))) return;
  const hint = families.has('boolean')
    ? 'compare it with TRUE or FALSE'
    : families.has('text')
      ? 'a text stands in single quotes, a number does not; CAST converts'
      : 'CAST converts';
  throw new AdqlCheckError(
    `${capital(described(left))} does not compare with ${described(right)}: ${hint}`,
    position,
  );
}

/**
 * Refuses a comparison for equality, which geometries of one kind have too: by their numbers.
 * @throws AdqlCheckError
 */
export function refuseUnequal(left: ValueType, right: ValueType, position: Position): void {
  const shapes: readonly string[] = ['point', 'circle', 'polygon'];
  const given = [left, right].filter(({ family }) => family !== 'null').map(({ family }) => family);
  const isShape = given.length > 0 && given.every((family) => family === given[0] && shapes.includes(family));
  if (!isShape) refuseIncomparable(left, right, position);
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
