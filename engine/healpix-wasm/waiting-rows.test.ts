import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { loadKernel, loadWaitingRows } from './node.ts';
import type { WaitingRows } from './waiting-rows.ts';

const kernel = loadKernel();

const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);
const FIELDS = { ra: 2, dec: 1 };
const ORDER = 3;

interface Row {
  readonly ra: number | null;
  readonly dec: number | null;
  readonly name: string | null;
}

function message(kind: string, data: Uint8Array): Buffer {
  const head = Buffer.alloc(5, kind);
  head.writeUInt32BE(data.length + 4, 1);
  return Buffer.concat([head, data]);
}

function encoded({ ra, dec, name }: Row): Buffer {
  return Buffer.concat([Buffer.of(0, 3), ...[name, dec, ra].flatMap(field)]);
}

function field(value: string | number | null): Buffer[] {
  const length = Buffer.alloc(4);
  if (value === null) return [Buffer.alloc(4, 0xff)];
  const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.alloc(8);
  if (typeof value === 'number') bytes.writeDoubleBE(value);
  length.writeInt32BE(bytes.length);
  return [length, bytes];
}

/** Messages of data cut at some of its bytes, as if cut at these shares of it. */
function cutInto(data: Buffer, shares: readonly number[]): Buffer[] {
  const places = shares.map((share) => Math.floor(share * data.length)).sort((a, b) => a - b);
  return [0, ...places].map((from, at) => data.subarray(from, places[at] ?? data.length));
}

/** Key and bytes of each row, by group. */
function gathered(waiting: WaitingRows, groups: number): Map<number, [bigint, string][]> {
  const { length, bytes, rows, rowBytes } = waiting.gather(groups);
  const found = new Map<number, [bigint, string][]>();
  const view = Buffer.from(bytes(0));
  let at = 0;
  for (let group = 0; group < groups; group += 1) {
    const count = rows[group]!;
    if (count === 0) continue;
    const first = at + 12 * count;
    let start = first;
    const some = Array.from({ length: count }, (_, row): [bigint, string] => {
      const end = first + view.readUInt32LE(at + 8 * count + 4 * row);
      const text = view.toString('latin1', start, end);
      start = end;
      return [view.readBigInt64LE(at + 8 * row), text];
    });
    assert.equal(start, first + rowBytes[group]!);
    found.set(group, some);
    at = Math.ceil(start / 8) * 8;
  }
  assert.equal(at, length);
  return found;
}

const hasPosition = ({ ra, dec }: Row) =>
  ra !== null && dec !== null && ra >= 0 && ra <= 360 && dec >= -90 && dec <= 90;

const anyRow = fc.record({
  ra: fc.option(fc.oneof(fc.double({ min: 0, max: 360 }), fc.constantFrom(-1e-9, 360.1, NaN, 0, 360))),
  dec: fc.option(fc.oneof(fc.double({ min: -90, max: 90 }), fc.constantFrom(-91, Infinity, 90, -90))),
  name: fc.option(fc.string({ maxLength: 40 })),
});

test('rows with a position come out by their cells, however messages and the connection cut them', () => {
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(anyRow, { maxLength: 60 }),
      shares,
      fc.integer({ min: 1, max: 200 }),
      (rows, cuts, size) => {
        const data = Buffer.concat([HEADER, ...rows.map(encoded), TRAILER]);
        const sent = Buffer.concat(cutInto(data, cuts).map((part) => message('d', part)));
        const waiting = loadWaitingRows(100);
        const reader = waiting.reader(FIELDS, ORDER);
        for (let at = 0; at < sent.length; at += size) {
          const part = sent.subarray(at, at + size);
          assert.equal(reader.read(part), part.length);
        }
        const kept = rows.filter(hasPosition);
        assert.deepEqual(reader.place(), {
          rows: rows.length,
          rowsWithoutPosition: rows.length - kept.length,
          ended: true,
        });
        const cells = kernel.hash(
          Float64Array.from(kept, ({ ra }) => ra!),
          Float64Array.from(kept, ({ dec }) => dec!),
        );
        const expected = new Map<number, [bigint, string][]>();
        for (const [at, row] of kept.entries()) {
          const group = Number(cells[at]! >> BigInt(2 * (29 - ORDER)));
          expected.set(group, [
            ...(expected.get(group) ?? []),
            [cells[at]!, encoded(row).toString('latin1')],
          ]);
        }
        const found = gathered(waiting, 12 * 4 ** ORDER);
        assert.deepEqual(found, new Map([...expected].sort(([a], [b]) => a - b)));
      },
    ),
  );
});

test('a reader stops before the first message that is not data, and goes on after it', () => {
  const waiting = loadWaitingRows(100);
  const reader = waiting.reader(FIELDS, ORDER);
  const row = encoded({ ra: 10, dec: 20, name: 'x' });
  const first = message('d', Buffer.concat([HEADER, row]));
  const notice = message('N', Buffer.from('SNOTICE\0\0'));
  const sent = Buffer.concat([first, notice]);
  assert.equal(reader.read(sent), first.length);
  assert.equal(reader.read(notice), 0);
  assert.deepEqual(reader.place(), { rows: 1, rowsWithoutPosition: 0, ended: false });
  const last = message('d', Buffer.concat([row, TRAILER]));
  assert.equal(reader.read(Buffer.concat([last, message('c', Buffer.alloc(0))])), last.length);
  assert.deepEqual(reader.place(), { rows: 1, rowsWithoutPosition: 0, ended: true });
  assert.equal([...gathered(waiting, 768).values()].flat().length, 2);
});

test('a header extension is skipped', () => {
  const header = Buffer.from(HEADER);
  header.writeUInt32BE(8, HEADER.length - 4);
  const reader = loadWaitingRows(100).reader(FIELDS, ORDER);
  const row = encoded({ ra: 10, dec: 20, name: null });
  reader.read(message('d', Buffer.concat([header, Buffer.from('whatever'), row, TRAILER])));
  assert.deepEqual(reader.place(), { rows: 1, rowsWithoutPosition: 0, ended: true });
});

test('a stream that ends early has not ended', () => {
  const data = Buffer.concat([HEADER, encoded({ ra: 10, dec: 20, name: 'x' }), TRAILER]);
  for (let length = 0; length < data.length; length += 1) {
    const reader = loadWaitingRows(100).reader(FIELDS, ORDER);
    reader.read(message('d', data.subarray(0, length)));
    assert.equal(reader.place().ended, false, `${length} bytes`);
  }
});

test('text in place of the binary format, and messages that cannot be, are errors', () => {
  const read = (bytes: Buffer) => () => loadWaitingRows(100).reader(FIELDS, ORDER).read(bytes);
  assert.throws(read(message('d', Buffer.from('1\t2\n'.repeat(20)))), /binary format/);
  assert.throws(read(Buffer.from([0x64, 0, 0, 0, 3, 1, 2, 3])), /damaged/);
});

test('rows that are given are gathered too, also more than there is room for', () => {
  const waiting = loadWaitingRows(10);
  const texts = Array.from({ length: 300 }, (_, n) => `${n} ${'x'.repeat(n)}`);
  const starts = [0];
  for (const text of texts) starts.push(starts.at(-1)! + text.length);
  const keys = BigInt64Array.from(texts, (_, n) => BigInt(n - 5));
  const groups = Uint32Array.from(texts, (_, n) => n % 3);
  waiting.add(Buffer.from(texts.join('')), Uint32Array.from(starts), keys, groups);
  assert.equal(waiting.size(), starts.at(-1)! + 12 * texts.length);
  const found = gathered(waiting, 4);
  const expected = [0, 1, 2].map((group) =>
    texts.map((text, n): [bigint, string] => [BigInt(n - 5), text]).filter((_, n) => n % 3 === group),
  );
  assert.deepEqual([...found.values()], expected);
  assert.equal(waiting.size(), 0);
});
