import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Bool,
  type Data,
  type DataType,
  Float32,
  Float64,
  Int16,
  Int64,
  TimestampMicrosecond,
  Uint8,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { type Condition, meets, type Operand } from './conditions.ts';

const dataOf = (values: readonly unknown[], type: DataType): Data =>
  vectorFromArray(values as unknown[], type).data[0]!;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function rows(data: Data, operator: Condition['operator'], operand: Operand | readonly Operand[]): number[] {
  const condition = (
    Array.isArray(operand)
      ? { column: 'c', operator, values: operand }
      : { column: 'c', operator, value: operand }
  ) as Condition;
  const holds = meets(condition, data);
  return Array.from({ length: data.length }, (_, row) => row).filter((row) => holds(row));
}

// The rows expected are those that pyarrow 26 gives: pyarrow.parquet.read_table(file, filters=[("c", operator, operand)]).

test('numbers, nulls and NaN', () => {
  const data = dataOf([1, 2.5, null, Number.NaN, Number.POSITIVE_INFINITY], new Float64());
  assert.deepEqual(rows(data, '==', 2.5), [1]);
  assert.deepEqual(rows(data, '<', 2.5), [0]);
  assert.deepEqual(rows(data, '<=', 2.5), [0, 1]);
  assert.deepEqual(rows(data, '>', 1), [1, 4]);
  assert.deepEqual(rows(data, '>=', Number.NEGATIVE_INFINITY), [0, 1, 4]);
  assert.deepEqual(rows(data, '!=', 1), [1, 3, 4]);
  assert.deepEqual(rows(data, '==', Number.NaN), []);
  assert.deepEqual(rows(data, '!=', Number.NaN), [0, 1, 3, 4]);
  assert.deepEqual(rows(data, 'in', [1, 7]), [0]);
  assert.deepEqual(rows(data, 'in', []), []);
  assert.deepEqual(rows(data, 'not in', [1, 7]), [1, 2, 3, 4]);
  assert.deepEqual(rows(data, 'in', [Number.POSITIVE_INFINITY, Number.NaN, 2.5, 1, 2.5]), [0, 1, 4]);
  assert.deepEqual(rows(data, 'not in', [Number.NaN]), [0, 1, 2, 3, 4]);
});

test('lists in any order', () => {
  const numbers = Array.from({ length: 2000 }, (_, at) => (at * 617) % 2000);
  const data = dataOf(numbers.map(BigInt), new Int64());
  const list = numbers
    .filter((number) => number % 3 === 0)
    .map((number) => (number % 2 ? number : BigInt(number)));
  const expected = numbers.flatMap((number, row) => (number % 3 === 0 ? [row] : []));
  assert.deepEqual(rows(data, 'in', list), expected);
  const texts = dataOf(numbers.map(String), new Utf8());
  assert.deepEqual(
    rows(
      texts,
      'in',
      list.map((number) => utf8(`${number}`)),
    ),
    expected,
  );
  assert.deepEqual(rows(dataOf([true, false, null], new Bool()), 'in', [true, false, true]), [0, 1]);
});

test('a comparison takes a decimal as it is, a list rounds it to the column', () => {
  const data = dataOf([0.1, 0.2], new Float32());
  assert.deepEqual(rows(data, '==', 0.1), []);
  assert.deepEqual(rows(data, '>', 0.1), [0, 1]);
  assert.deepEqual(rows(data, 'in', [0.1]), [0]);
});

test('whole numbers beyond what a double holds', () => {
  const data = dataOf([9007199254740992n, 9007199254740993n, -1n, null], new Int64());
  assert.deepEqual(rows(data, '==', 9007199254740993n), [1]);
  assert.deepEqual(rows(data, '>', 9007199254740992n), [1]);
  assert.deepEqual(rows(data, '<', 0.5), [2]);
  assert.deepEqual(rows(data, '>', 99999999999999999999n), []);
  assert.deepEqual(rows(data, 'not in', [-1n]), [0, 1, 3]);
});

test('small types', () => {
  assert.deepEqual(rows(dataOf([-5, 5], new Int16()), '<', 4.5), [0]);
  assert.deepEqual(rows(dataOf([200, 5], new Uint8()), '>=', 200), [0]);
});

test('texts, in the order of their bytes', () => {
  const data = dataOf(['b', 'a', null, '', 'ab', '\u{1f31f}', '\uffee'], new Utf8());
  assert.deepEqual(rows(data, '==', utf8('a')), [1]);
  assert.deepEqual(rows(data, '<', utf8('ab')), [1, 3]);
  assert.deepEqual(rows(data, '>', utf8('\uffee')), [5]);
  assert.deepEqual(rows(data, '!=', utf8('')), [0, 1, 4, 5, 6]);
  assert.deepEqual(rows(data, 'in', [utf8('a'), utf8('b')]), [0, 1]);
  assert.deepEqual(rows(data, 'not in', [utf8('a'), utf8('b')]), [2, 3, 4, 5, 6]);
});

test('booleans and times', () => {
  const flags = dataOf([true, false, null], new Bool());
  assert.deepEqual(rows(flags, '==', true), [0]);
  assert.deepEqual(rows(flags, '<', true), [1]);
  const times = dataOf([new Date(0), new Date(1000), null], new TimestampMicrosecond());
  assert.deepEqual(rows(times, '>', 0n), [1]);
  assert.deepEqual(rows(times, '==', 1_000_000n), [1]);
});
