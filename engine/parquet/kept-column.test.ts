import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  Bool,
  type DataType,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  TimestampMicrosecond,
  Uint8,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { keptColumn } from './kept-column.ts';

type Cell = number | bigint | string | boolean | null;

const decimal = (digits: number, most: number) =>
  fc.integer({ min: -most, max: most }).map((whole) => whole / 10 ** digits);
const float = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 5e-324, 2 ** 53, 0.1 + 0.2),
);

/** Cells of a column: all of one kind, or with something else among them. */
const COLUMNS: Record<string, [DataType, fc.Arbitrary<Cell>[]]> = {
  doubles: [new Float64(), [decimal(3, 20_000), decimal(8, 2 ** 31), decimal(12, 2 ** 52), float]],
  floats: [
    new Float32(),
    [
      decimal(3, 20_000).map(Math.fround),
      decimal(5, 2 ** 24).map(Math.fround),
      float.map(Math.fround),
      fc.float(),
    ],
  ],
  bytes: [new Uint8(), [fc.integer({ min: 0, max: 255 })]],
  shorts: [new Int16(), [fc.integer({ min: -100, max: 100 }), fc.integer({ min: -32_768, max: 32_767 })]],
  ints: [
    new Int32(),
    [fc.integer({ min: 70_000, max: 70_100 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
  ],
  longs: [
    new Int64(),
    [
      fc.bigInt({ min: 0n, max: 100_000n }),
      fc.bigInt({ min: -5n, max: 5n }),
      fc.bigInt({ min: 4295048118n << 20n, max: (4295048118n << 20n) + 70_000n }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    ],
  ],
  timestamps: [new TimestampMicrosecond(), [fc.integer({ min: 0, max: 4_000_000_000_000 })]],
  booleans: [new Bool(), [fc.boolean()]],
  texts: [new Utf8(), [fc.constantFrom('STAR', 'BINARY', ''), fc.string({ unit: 'grapheme' })]],
};

describe('a column that is kept gives the rows that are asked for, bit for bit', () => {
  for (const [kind, [type, cells]] of Object.entries(COLUMNS)) {
    test(kind, () => {
      const cell = fc.oneof(...cells);
      const nullable = (one: fc.Arbitrary<Cell>) => fc.option(one, { freq: 4, nil: null });
      const column = fc.oneof(
        ...cells.map((one) => fc.array(one, { maxLength: 80 })),
        ...cells.map((one) => fc.array(nullable(one), { maxLength: 80 })),
        fc.array(nullable(cell), { maxLength: 80 }),
      );
      const wanted = fc.array(fc.nat(), { maxLength: 200 });
      fc.assert(
        fc.property(column, wanted, (values, picks) => {
          const [data] = vectorFromArray(values, type).data;
          const distinct = new Set(values.length === 0 ? [] : picks.map((pick) => pick % values.length));
          const rows = Uint32Array.from(distinct).sort();
          const whole = [...new Vector([data!])];
          const taken = keptColumn(data!).take(rows);
          assert.deepEqual(
            [...new Vector([taken])],
            Array.from(rows, (row) => whole[row]),
          );
          assert.equal(taken.nullCount, Array.from(rows).filter((row) => !data!.getValid(row)).length);
        }),
        { numRuns: 2000 },
      );
    });
  }
});

test('decimals, small numbers and neighbours take fewer bytes', () => {
  const rows = Array.from({ length: 1024 }, (_, row) => row);
  const bytesOf = (type: DataType, values: readonly Cell[]) =>
    keptColumn(vectorFromArray(values, type).data[0]!).bytes - 300;
  const degrees = rows.map((row) => Math.round((212.5 + Math.sin(row)) * 1e8) / 1e8);
  const magnitudes = rows.map((row) => Math.round((12 + Math.sin(row)) * 1e3) / 1e3);
  assert.equal(bytesOf(new Float64(), degrees), 4 * 1024);
  assert.equal(bytesOf(new Float64(), magnitudes), 2 * 1024);
  assert.equal(bytesOf(new Float32(), magnitudes.map(Math.fround)), 2 * 1024);
  assert.equal(
    bytesOf(
      new Int64(),
      rows.map((row) => 4_295_048_118_000n + BigInt(row)),
    ),
    2 * 1024,
  );
  assert.equal(
    bytesOf(
      new Int32(),
      rows.map((row) => row % 200),
    ),
    1024,
  );
  assert.equal(bytesOf(new Float64(), rows.map(Math.sin)), 8 * 1024);
  const classes = rows.map((row) => (row % 7 === 0 ? 'BINARY' : 'STAR'));
  assert.equal(bytesOf(new Utf8(), classes), 1024 + 'BINARYSTAR'.length + 3 * 4);
});

test('what was decoded is let go once it is packed', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const rows = Array.from({ length: 1024 }, (_, row) => row);
  const columns: [DataType, readonly Cell[]][] = [
    [new Float64(), rows.map((row) => row / 1000)],
    [new Float32(), rows.map((row) => Math.fround(row / 10))],
    [new Int64(), rows.map((row) => BigInt(row))],
    [new Int32(), rows],
    [new Utf8(), rows.map((row) => `class ${row % 7}`)],
    [new Float64(), rows.map((row) => (row % 5 === 0 ? null : row / 1000))],
  ];
  const decoded = columns.map(([type, values]) => {
    const [data] = vectorFromArray(values, type).data;
    return { kept: keptColumn(data!), values: new WeakRef<ArrayBufferView>(data!.values) };
  });
  await new Promise((resolve) => setTimeout(resolve));
  collect();
  for (const { kept, values } of decoded) {
    assert.ok(values.deref() === undefined);
    assert.equal(kept.take(Uint32Array.of(5)).length, 1);
  }
});
