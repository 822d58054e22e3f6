import assert from 'node:assert/strict';
import test from 'node:test';
import {
  Bool,
  type DataType,
  Field,
  Float64,
  Int64,
  List,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { concatRows, takeRows } from './rows.ts';

const CELLS: [DataType, fc.Arbitrary<unknown>][] = [
  [new Float64(), fc.double()],
  [new Int64(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [new Bool(), fc.boolean()],
  [new Utf8(), fc.string({ unit: 'grapheme' })],
  ...(
    [
      [new Float64(), fc.double()],
      [new Bool(), fc.boolean()],
    ] as const
  ).map(([type, element]): [DataType, fc.Arbitrary<unknown>] => [
    new List(new Field('item', type, true)),
    fc.array(fc.option<unknown>(element, { freq: 4 }), { maxLength: 5 }),
  ]),
];

/** Arrow gives a cell that is an array as a vector. */
const plain = (cell: unknown): unknown => (cell instanceof Vector ? [...cell] : cell);

for (const [type, cell] of CELLS) {
  const column = fc.array(fc.option(cell, { freq: 3 }), { minLength: 1, maxLength: 40 });
  const data = (cells: unknown[]) => vectorFromArray(cells, type).data[0]!;
  const cells = (of: ReturnType<typeof data>) => [...new Vector([of])].map(plain);

  test(`rows taken from ${type} are those rows, from slices too`, () => {
    fc.assert(
      fc.property(column, fc.array(fc.nat()), fc.nat(), (all, picks, cut) => {
        const from = cut % all.length;
        const rest = all.slice(from);
        const rows = Uint32Array.from(picks, (pick) => pick % rest.length);
        const taken = takeRows(data(all).slice(from, rest.length), rows);
        assert.deepEqual(
          cells(taken),
          Array.from(rows, (row) => rest[row]),
        );
        assert.equal(taken.nullCount, cells(taken).filter((cell) => cell === null).length);
      }),
    );
  });

  test(`columns of ${type} are put together, slices too`, () => {
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 5 }), fc.nat(), (parts, cut) => {
        const from = (part: unknown[]) => cut % part.length;
        const whole = concatRows(parts.map((part) => data(part).slice(from(part), part.length - from(part))));
        assert.deepEqual(
          cells(whole),
          parts.flatMap((part) => part.slice(from(part))),
        );
      }),
    );
  });
}
