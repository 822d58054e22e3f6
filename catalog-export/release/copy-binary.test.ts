import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type CopyRows, copyRows, fieldOffset, rowsOf } from './copy-binary.ts';

type Field = Uint8Array | null;

const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);

function encodeRow(fields: readonly Field[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(fields.length);
  const parts = fields.flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(field === null ? -1 : field.length);
    return field === null ? [length] : [length, field];
  });
  return Buffer.concat([count, ...parts]);
}

function decodeRow(rows: CopyRows, row: number, fields: number): Field[] {
  return Array.from({ length: fields }, (_, field) => {
    const at = fieldOffset(rows.view, rows.starts[row]!, field);
    const length = rows.view.getInt32(at);
    return length < 0 ? null : Uint8Array.from(rows.bytes.subarray(at + 4, at + 4 + length));
  });
}

async function decodeAll(chunks: readonly Buffer[], fields: number): Promise<Field[][]> {
  const decoded: Field[][] = [];
  for await (const rows of copyRows(stream(chunks))) {
    for (let row = 0; row < rows.count; row += 1) decoded.push(decodeRow(rows, row, fields));
  }
  return decoded;
}

async function* stream(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  );
}

test('rows come out as they went in, wherever the stream is cut', async () => {
  const field = fc.option(fc.uint8Array({ maxLength: 20 }), { nil: null });
  const table = fc
    .integer({ min: 1, max: 5 })
    .chain((fields) =>
      fc.array(fc.array(field, { minLength: fields, maxLength: fields }), { maxLength: 12 }),
    );
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 40 }), async (rows, size) => {
      const bytes = Buffer.concat([HEADER, ...rows.map(encodeRow), TRAILER]);
      assert.deepEqual(await decodeAll(cut(bytes, size), rows[0]?.length ?? 0), rows);
    }),
  );
});

test('a header extension is skipped', async () => {
  const extension = Buffer.from('whatever');
  const header = Buffer.from(HEADER);
  header.writeUInt32BE(extension.length, HEADER.length - 4);
  const row = [Uint8Array.of(1, 2)];
  assert.deepEqual(await decodeAll(cut(Buffer.concat([header, extension, encodeRow(row), TRAILER]), 7), 1), [
    row,
  ]);
});

test('a stream that ends early is an error, not a shorter table', async () => {
  const bytes = Buffer.concat([
    HEADER,
    encodeRow([Uint8Array.of(1)]),
    encodeRow([Uint8Array.of(2)]),
    TRAILER,
  ]);
  for (let length = 0; length < bytes.length; length += 1) {
    await assert.rejects(
      decodeAll([bytes.subarray(0, length)], 1),
      /end before their trailer/,
      `${length} bytes`,
    );
  }
});

test('text instead of the binary format is an error', async () => {
  await assert.rejects(decodeAll([Buffer.from('1\t2\n'.repeat(20))], 1), /binary format/);
});

test('rows gathered from several blocks are found again', () => {
  const rows = [
    [Uint8Array.of(1), null],
    [null, new Uint8Array()],
    [Uint8Array.of(3, 4), Uint8Array.of(5)],
  ];
  const gathered = rowsOf(Buffer.concat(rows.map(encodeRow)));
  assert.deepEqual(
    rows.map((_, row) => decodeRow(gathered, row, 2)),
    rows,
  );
  assert.throws(() => rowsOf(Buffer.concat(rows.map(encodeRow)).subarray(0, -1)), /incomplete/);
});
