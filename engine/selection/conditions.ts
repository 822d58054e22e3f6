import { type Data, DataType } from 'apache-arrow';
import { boolAt } from '../table/rows.ts';

export const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const;

/** What a column is compared with: texts as UTF-8, timestamps as microseconds since 1970. */
export type Operand = number | bigint | boolean | Uint8Array;

/** Something that rows meet or not, as pyarrow's filters have it. */
export type Condition =
  | { readonly column: string; readonly operator: (typeof COMPARISONS)[number]; readonly value: Operand }
  | { readonly column: string; readonly operator: 'in' | 'not in'; readonly values: readonly Operand[] };

/** Conditions of which a row meets all of one list, at least: OR of ANDs. */
export type Filters = readonly (readonly Condition[])[];

/**
 * Whether rows meet a condition. A null meets `not in` alone; a NaN is equal to nothing, not to itself either (IEEE 754).
 * @param data of the condition's column, of the type that its operands fit.
 */
export function meets(condition: Condition, data: Data): (row: number) => boolean {
  const holds = conditionOn(condition, data);
  const ofNull = condition.operator === 'not in';
  return data.nullCount === 0 ? holds : (row) => (data.getValid(row) ? holds(row) : ofNull);
}

function conditionOn(condition: Condition, data: Data): (row: number) => boolean {
  const compared = comparing(data);
  if ('value' in condition) {
    const { operator, value } = condition;
    const order = compared(value);
    switch (operator) {
      case '==':
        return (row) => order(row) === 0;
      case '!=':
        return (row) => order(row) !== 0;
      case '<':
        return (row) => order(row) < 0;
      case '<=':
        return (row) => order(row) <= 0;
      case '>':
        return (row) => order(row) > 0;
      case '>=':
        return (row) => order(row) >= 0;
    }
  }
  const isIn = isAmong(inOrder(condition.values.map((value) => rounded(data.type, value))).map(compared));
  return condition.operator === 'in' ? isIn : (row) => !isIn(row);
}

/** @param orders of a row's value and each member of a list, ascending, which may be thousands. */
function isAmong(orders: readonly ((row: number) => number)[]): (row: number) => boolean {
  return (row) => {
    let low = 0;
    let high = orders.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = orders[middle]!(row);
      if (order === 0) return true;
      if (order > 0) low = middle + 1;
      else high = middle;
    }
    return false;
  };
}

/** Members of a list, ascending; without NaN, which nothing is equal to. */
function inOrder(values: readonly Operand[]): Operand[] {
  return values
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) =>
      a instanceof Uint8Array
        ? compareBytes(a, 0, a.length, b as Uint8Array)
        : orderOf(a as number | bigint, b as number | bigint),
    );
}

/** Members of a list are rounded to the type of the column, operands of comparisons are not: so do Arrow's kernels. */
function rounded(type: DataType, value: Operand): Operand {
  return DataType.isFloat(type) && type.precision === 1 ? Math.fround(Number(value)) : value;
}

/** The order of a row's value and an operand: negative, 0, positive, or NaN if there is none. */
function comparing(data: Data): (operand: Operand) => (row: number) => number {
  const { type, values } = data;
  if (DataType.isUtf8(type)) {
    return (operand) => (row) =>
      compareBytes(values, data.valueOffsets[row]!, data.valueOffsets[row + 1]!, operand as Uint8Array);
  }
  if (DataType.isBool(type)) {
    return (operand) => (row) => Number(boolAt(data, row)) - Number(operand);
  }
  return (operand) => (row) => orderOf(values[row]!, operand as number | bigint);
}

/** Whole and other numbers compare exactly, however large. */
function orderOf(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a >= b ? 0 : Number.NaN;
}

function compareBytes(bytes: Uint8Array, from: number, to: number, other: Uint8Array): number {
  const common = Math.min(to - from, other.length);
  for (let at = 0; at < common; at++) {
    const difference = bytes[from + at]! - other[at]!;
    if (difference !== 0) return difference;
  }
  return to - from - other.length;
}
