import assert from 'node:assert/strict';
import test from 'node:test';
import { type Data, type DataType, Float64, Int32, Utf8, vectorFromArray } from 'apache-arrow';
import { type RowCondition, rowsThatMeet } from './conditions.ts';

const data = (type: DataType, values: readonly unknown[]): Data =>
  vectorFromArray(values as unknown[], type).data[0]!;
const numbers = (...values: (number | null)[]) => data(new Float64(), values);
const texts = (...values: (string | null)[]) => data(new Utf8(), values);
const met = (condition: RowCondition, ...columns: Data[]) => [...rowsThatMeet(condition, columns)];
const INFINITE = Number.POSITIVE_INFINITY;

test('a number is within an interval, ends included; a null and a NaN never', () => {
  const condition = (...intervals: [number, number][]): RowCondition => {
    return { kind: 'within', column: 'x', intervals };
  };
  const column = numbers(1, 2, null, Number.NaN, 3, INFINITE);
  assert.deepEqual(met(condition([2, 3]), column), [1, 4]);
  assert.deepEqual(met(condition([-INFINITE, 1], [3, INFINITE]), column), [0, 4, 5]);
  assert.deepEqual(met(condition([-INFINITE, INFINITE]), column), [0, 1, 4, 5]);
  assert.deepEqual(met(condition([2, 2]), data(new Int32(), [1, 2, null, 2])), [1, 3]);
});

test('an interval meets another that it has a point in common with; one that is half known meets none', () => {
  const [low, high] = [numbers(1, 5, null, 3, 1), numbers(2, 6, 4, 3, null)];
  const condition = (...intervals: [number, number][]): RowCondition => {
    return { kind: 'meets', low: 'a', high: 'b', intervals };
  };
  assert.deepEqual(met(condition([2, 3]), low, high), [0, 3]);
  assert.deepEqual(met(condition([5.5, 5.5]), low, high), [1]);
  assert.deepEqual(met(condition([-INFINITE, INFINITE]), low, high), [0, 1, 3]);
  assert.deepEqual(met(condition([2.5, 2.9]), low, high), []);
});

test('a text is one of several, in the letters that were given or in any case of ASCII', () => {
  const column = texts('Abc', 'abc', null, 'Äb', '', 'abcd');
  const condition = (ignoreCase: boolean, ...wanted: string[]): RowCondition => {
    return { kind: 'text', column: 'x', texts: wanted, ignoreCase };
  };
  assert.deepEqual(met(condition(false, 'abc', 'Äb'), column), [1, 3]);
  assert.deepEqual(met(condition(true, 'ABC'), column), [0, 1]);
  assert.deepEqual(met(condition(true, 'äb'), column), []);
  assert.deepEqual(met(condition(false, ''), column), [4]);
});

test('a text has one of several in it', () => {
  const condition: RowCondition = { kind: 'part', column: 'x', texts: ['/I/', '/V/'] };
  assert.deepEqual(met(condition, texts('/I/Q/', '/Q/U/', null, '/RR/V/', '/II/')), [0, 3]);
});
