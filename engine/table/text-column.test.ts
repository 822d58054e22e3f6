import assert from 'node:assert/strict';
import test from 'node:test';
import { Int64, makeData, RecordBatch, Schema, Struct, vectorFromArray } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import { fieldOf } from './arrow.ts';
import type { ResultTable } from './result.ts';
import { asText } from './text-column.ts';

const column = (name: string, datatype: Column['datatype']): Column => ({
  name,
  datatype,
  arraysize: datatype === 'char' ? '*' : null,
  xtype: null,
  unit: null,
  ucd: 'meta.id;meta.main',
  utype: null,
  description: null,
  principal: true,
  indexed: false,
  std: false,
});

function result(columns: readonly Column[], batches: ResultTable['batches']): ResultTable {
  return { name: 'a.b', description: null, columns, infos: [], batches };
}

function batchOf(values: readonly (bigint | null)[], from = 0): RecordBatch {
  const data = vectorFromArray([...values], new Int64()).data[0]!.slice(from, values.length - from);
  const schema = new Schema([fieldOf(column('id', 'long'))]);
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: data.length, children: [data] }),
  );
}

async function texts({ batches }: ResultTable): Promise<{ ids: unknown[]; overflow: boolean }> {
  const ids: unknown[] = [];
  let next = await batches.next();
  for (; !next.done; next = await batches.next()) ids.push(...next.value.getChild('id')!);
  return { ids, overflow: next.value.overflow };
}

test('numbers become their decimal text, nulls stay, and so does the end of the answer', async () => {
  async function* batches() {
    yield batchOf([1n, null, -9223372036854775808n]);
    yield batchOf([]);
    yield batchOf([42n]);
    return { overflow: true };
  }
  const cast = asText(result([column('id', 'long')], batches()), 'id');
  assert.deepEqual(
    cast.columns.map(({ datatype, arraysize }) => [datatype, arraysize]),
    [['char', '*']],
  );
  assert.deepEqual(await texts(cast), { ids: ['1', null, '-9223372036854775808', '42'], overflow: true });
});

test('a slice of a batch keeps its own nulls', async () => {
  async function* batches() {
    yield batchOf([null, 1n, null, 2n, 3n, null], 3);
    return { overflow: false };
  }
  const { ids } = await texts(asText(result([column('id', 'long')], batches()), 'id'));
  assert.deepEqual(ids, ['2', '3', null]);
});

test('text stays as it is, and so does an answer without the column', () => {
  async function* batches() {
    yield batchOf([]);
    return { overflow: false };
  }
  const already = result([column('id', 'char')], batches());
  assert.equal(asText(already, 'id'), already);
  assert.equal(asText(already, 'other'), already);
});

test('ending the cast ends what is behind it', async () => {
  let ended = false;
  async function* batches(): ResultTable['batches'] {
    try {
      for (;;) yield batchOf([1n]);
    } finally {
      ended = true;
    }
  }
  const cast = asText(result([column('id', 'long')], batches()), 'id');
  await cast.batches.next();
  await cast.batches.return({ overflow: false });
  assert.equal(ended, true);
});
