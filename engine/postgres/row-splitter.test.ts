import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { rowSplitter } from './row-splitter.ts';
import { fieldOffsets, NULL_FIELD } from './rows.ts';

const DATA_ROW = 'D'.charCodeAt(0);

interface Message {
  readonly kind: number;
  readonly body: Uint8Array;
}

const message = fc.record({
  kind: fc.constantFrom(DATA_ROW, DATA_ROW, DATA_ROW, ...Buffer.from('CZTNS')),
  // Now and then a body that is larger than a block of rows.
  body: fc.oneof(
    { weight: 30, arbitrary: fc.uint8Array({ maxLength: 60 }) },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 1, max: 255 }).map((byte) => new Uint8Array(600_000).fill(byte)),
    },
  ),
});

function encoded({ kind, body }: Message): Buffer {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.writeUInt8(kind, 0);
  bytes.writeUInt32BE(4 + body.length, 1);
  bytes.set(body, 5);
  return bytes;
}

test('messages are the same however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      fc.boolean(),
      (messages, sizes, large) => {
        const rows: Uint8Array[] = [];
        const others: Buffer[] = [];
        const splitter = rowSplitter({
          rows({ bytes, view, starts, count }) {
            for (let row = 0; row < count; row++) {
              const start = starts[row]!;
              rows.push(bytes.slice(start, start - 4 + view.getInt32(start - 4)));
            }
          },
          message: (bytes) => others.push(Buffer.from(bytes)),
        });
        const stream = Buffer.concat(messages.map(encoded));
        for (let at = 0, n = 0; at < stream.length; n++) {
          const size = sizes[n % sizes.length]! * (large ? 5000 : 1);
          splitter.push(stream.subarray(at, at + size));
          at += size;
        }
        splitter.flush();
        const isRow = ({ kind }: Message) => kind === DATA_ROW;
        assert.deepEqual(
          rows.map((row) => Buffer.from(row)),
          messages.filter(isRow).map(({ body }) => Buffer.from(body)),
        );
        assert.deepEqual(others, messages.filter((one) => !isRow(one)).map(encoded));
      },
    ),
    { numRuns: 100 },
  );
});

test('rows are handed over in blocks, and at the end what is left', () => {
  const counts: number[] = [];
  const splitter = rowSplitter({ rows: ({ count }) => counts.push(count), message() {} });
  const row = encoded({ kind: DATA_ROW, body: new Uint8Array(995) });
  for (let n = 0; n < 600; n++) splitter.push(row);
  assert.deepEqual(counts, [263, 263]);
  splitter.flush();
  assert.deepEqual(counts, [263, 263, 74]);
  splitter.flush();
  assert.equal(counts.length, 3);
});

test('fields lie where their lengths say, in the order that is asked for', () => {
  // Two rows of a text and a null, and of a null and a text, as PostgreSQL documents DataRow.
  const bytes = Buffer.from(
    '0002 00000001 61 ffffffff 0002 ffffffff 00000002 6262'.replaceAll(' ', ''),
    'hex',
  );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const rows = { bytes, view, starts: [0, 11], count: 2 };
  const plain = fieldOffsets(rows, 2, null).map((column) => [...column]);
  assert.deepEqual(plain, [
    [6, NULL_FIELD],
    [NULL_FIELD, 21],
  ]);
  const turned = fieldOffsets(rows, 2, Uint32Array.of(1, 0)).map((column) => [...column]);
  assert.deepEqual(turned, [
    [NULL_FIELD, 6],
    [21, NULL_FIELD],
  ]);
});
