import assert from 'node:assert/strict';
import test from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import type { Column } from '../../engine/catalog/column.ts';
import type { Table } from '../../engine/catalog/table.ts';
import type { PartitionTask, PartitionWork } from './make-partitions.ts';
import { openMaker } from './partition-maker.ts';

const NUMBER: Column = {
  name: 'number',
  datatype: 'unsignedByte',
  arraysize: null,
  xtype: null,
  unit: null,
  ucd: null,
  utype: null,
  description: null,
  principal: true,
  indexed: false,
  std: false,
};
const TABLE: Table = { schema: 'survey', name: 'bytes', description: null, utype: null, columns: [NUMBER] };
const WORK: PartitionWork = { table: TABLE, folder: '', known: new Set(), files: true };

/** Rows with one number each, as a binary COPY has them (int2). */
function task(part: number, numbers: readonly number[]): PartitionTask {
  const bytes = Buffer.alloc(8 * numbers.length);
  for (const [row, number] of numbers.entries()) {
    bytes.writeInt16BE(1, 8 * row);
    bytes.writeInt32BE(2, 8 * row + 2);
    bytes.writeInt16BE(number, 8 * row + 6);
  }
  return { source: { bytes }, cells: [{ order: 0, pixel: part }] };
}

const tasks = Array.from({ length: 12 }, (_, part) => task(part, [part, 2 * part, 7]));

test('threads make what is made without them', async () => {
  const here = openMaker(WORK);
  const threads = openMaker(WORK, 0);
  try {
    const [expected, made] = await Promise.all(
      [here, threads].map((maker) => Promise.all(tasks.map((one) => maker.make(one)))),
    );
    assert.deepEqual(made, expected);
    for (const [part, [partition]] of made!.entries()) {
      assert.equal(partition!.path, `dataset/part-${`${part}`.padStart(5, '0')}.parquet`);
      const rows = await parquetReadObjects({ file: partition!.file!.bytes.buffer });
      assert.deepEqual(rows, [{ number: part }, { number: 2 * part }, { number: 7 }]);
    }
  } finally {
    await Promise.all([here.close(), threads.close()]);
  }
});

test('what is wrong with a row is told from a thread too, which goes on', async () => {
  const maker = openMaker(WORK, 0);
  try {
    const bad = maker.make(task(0, [1, 256]));
    await assert.rejects(bad, {
      message: /column number .*unsignedByte.* holds 256, which is out of its range/,
    });
    const results = await Promise.all(tasks.map((one) => maker.make(one)));
    assert.equal(results.length, tasks.length);
  } finally {
    await maker.close();
  }
});

test('a thread that cannot read its rows says so, and no task hangs', async () => {
  const maker = openMaker(WORK, 0);
  try {
    const extents = [{ offset: 0, rows: 1, bytes: 8 }];
    const lost = { source: { file: 2 ** 30, extents }, cells: [{ order: 0, pixel: 0 }] };
    const results = await Promise.allSettled([lost, lost, lost].map((one) => maker.make(one)));
    for (const result of results) assert.match(`${result.status === 'rejected' && result.reason}`, /EBADF/);
  } finally {
    await maker.close();
  }
});
