import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { CellRanges } from './index.ts';
import { type Moc, mocAscii, mocCells, mocJson, mocOfRanges, readMocAscii, skyFraction } from './moc.ts';
import { mocFits } from './moc-fits.ts';
import { intersection, rangeList, touches, union } from './ranges.ts';

const CELLS = 12n << 58n;

test('a MOC covers a fraction of the sky', () => {
  assert.equal(skyFraction(readMocAscii('0/0-11')), 1);
  assert.equal(skyFraction(readMocAscii('1/5 2/0')), 5 / 192);
  assert.equal(skyFraction(readMocAscii('29/')), 0);
});

/** Ranges between a few cells, so that borders meet often. */
const rangesBelow = (limit: bigint, unit: bigint): fc.Arbitrary<CellRanges> =>
  fc
    .uniqueArray(fc.bigInt({ min: 0n, max: limit }), { maxLength: 24 })
    .chain((borders) =>
      fc.tuple(
        fc.constant(borders.sort((a, b) => Number(a - b))),
        fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 12, maxLength: 12 }),
      ),
    )
    .map(([borders, flags]) => {
      const n = borders.length >> 1;
      return {
        start: BigInt64Array.from({ length: n }, (_, i) => borders[2 * i]! * unit),
        end: BigInt64Array.from({ length: n }, (_, i) => borders[2 * i + 1]! * unit),
        full: Uint8Array.from(flags.slice(0, n)),
      };
    });

/** 1 in a full range, 0 in a partial one, -1 outside. */
function flagOf({ start, end, full }: CellRanges, cell: bigint): number {
  return full[start.findIndex((first, i) => first <= cell && cell < end[i]!)] ?? -1;
}

function assertWellFormed({ start, end, full }: CellRanges): void {
  start.forEach((first, i) => {
    assert.ok(first < end[i]!);
    if (i > 0) assert.ok(end[i - 1]! < first || (end[i - 1] === first && full[i - 1] !== full[i]));
  });
}

test('union and intersection are those of the cells', () => {
  fc.assert(
    fc.property(rangesBelow(40n, 1n), rangesBelow(40n, 1n), (a, b) => {
      const [both, either] = [intersection(a, b), union(a, b)];
      assertWellFormed(both);
      assertWellFormed(either);
      for (let cell = 0n; cell <= 41n; cell++) {
        const [flagA, flagB] = [flagOf(a, cell), flagOf(b, cell)];
        assert.equal(flagOf(either, cell), Math.max(flagA, flagB));
        assert.equal(flagOf(both, cell), Math.min(flagA, flagB));
      }
      assert.equal(touches(a, b), both.start.length > 0);
    }),
    { numRuns: 2000 },
  );
});

const mocs: fc.Arbitrary<Moc> = fc
  .tuple(fc.integer({ min: 0, max: 29 }), rangesBelow(12n << 58n, 1n))
  .map(([order, ranges]) => mocOfRanges(ranges, order));

test('the MOC of ranges has the cells that they have part in, and no others', () => {
  fc.assert(
    fc.property(fc.integer({ min: 27, max: 29 }), rangesBelow(100n, 1n), (order, ranges) => {
      const moc = mocOfRanges(ranges, order);
      const size = 4n ** BigInt(29 - order);
      for (let cell = 0n; cell < 120n; cell++) {
        const first = cell - (cell % size);
        const siblings = Array.from({ length: Number(size) }, (_, i) => first + BigInt(i));
        const expected = siblings.some((sibling) => flagOf(ranges, sibling) >= 0);
        assert.equal(flagOf(moc.ranges, cell), expected ? 1 : -1);
      }
    }),
  );
});

test('cells are the largest, and make up the MOC', () => {
  fc.assert(
    fc.property(mocs, (moc) => {
      const cells = mocCells(moc);
      let all = rangeList().ranges();
      const names = new Set(cells.map(({ order, cell }) => `${order}/${cell}`));
      for (const { order, cell } of cells) {
        const shift = BigInt(2 * (29 - order));
        const one = { start: [cell << shift], end: [(cell + 1n) << shift] };
        all = union(all, {
          start: BigInt64Array.from(one.start),
          end: BigInt64Array.from(one.end),
          full: Uint8Array.of(1),
        });
        const siblings = [0n, 1n, 2n, 3n].map((n) => `${order}/${(cell & ~3n) | n}`);
        assert.ok(
          order === 0 || !siblings.every((name) => names.has(name)),
          `${order}/${cell} and its siblings`,
        );
      }
      assert.deepEqual(all, moc.ranges);
    }),
  );
});

test('ASCII and JSON are those of the standard', () => {
  const moc = readMocAscii('3/10-12,9 14 1/40');
  assert.equal(mocAscii(moc), '1/40 3/9-12 14');
  assert.equal(mocAscii(readMocAscii('2/5 1/1 2/4-9 1/2')), '1/1-2 2/');
  assert.equal(mocJson(moc), '{"1":[40],"3":[9,10,11,12,14]}');
  const sky = readMocAscii('0/0-11 5/');
  assert.equal(mocAscii(sky), '0/0-11 5/');
  assert.equal(mocJson(sky), '{"0":[0,1,2,3,4,5,6,7,8,9,10,11],"5":[]}');
  assert.deepEqual(sky.ranges.end, BigInt64Array.of(CELLS));
  fc.assert(
    fc.property(mocs, (moc) => {
      assert.deepEqual(readMocAscii(mocAscii(moc)), moc);
    }),
  );
});

test('what is no MOC is refused by the word', () => {
  for (const [text, word] of [
    ['', ''],
    ['12,13', '12'],
    ['3/4 30/1', '30/1'],
    ['0/12', '0/12'],
    ['1/5-4', '1/5-4'],
    ['1/5 x', 'x'],
    ['1/5 -3', '-3'],
  ] as const) {
    assert.throws(() => readMocAscii(text), {
      name: 'KernelError',
      message: new RegExp(`^"${word}" is not of a MOC: expected orders in 0…29`),
    });
  }
  for (const order of [-1, 30, 1.5, Number.NaN]) {
    assert.throws(() => mocOfRanges(rangeList().ranges(), order), {
      name: 'KernelError',
      message: /there is no order/,
    });
  }
});

test('FITS comes in blocks, with the NUNIQ numbers ascending', () => {
  const file = mocFits(readMocAscii('0/11 1/4 29/5'));
  assert.equal(file.length % 2880, 0);
  const text = new TextDecoder('latin1').decode(file.subarray(0, 5760));
  assert.match(text, /NAXIS2 {2}= +3 /);
  assert.match(text, /MOCORD_S= +29 /);
  const view = new DataView(file.buffer, 5760);
  assert.deepEqual(
    [0, 8, 16, 24].map((at) => view.getBigInt64(at)),
    [15n, 20n, (4n << 58n) + 5n, 0n],
  );
});
