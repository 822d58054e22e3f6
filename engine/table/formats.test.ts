import assert from 'node:assert/strict';
import test from 'node:test';
import { Float64, makeData, RecordBatch, Schema, Struct, vectorFromArray } from 'apache-arrow';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Column } from '../catalog/column.ts';
import { CorruptPartitionError } from '../errors.ts';
import { fieldOf } from './arrow.ts';
import { type TableWriter, tableWriters, writerFor } from './formats.ts';
import type { Overflow, ResultTable } from './result.ts';

const COLUMN: Column = {
  name: 'x',
  datatype: 'double',
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

function batch(rows: number): RecordBatch {
  const schema = new Schema([fieldOf(COLUMN)]);
  const values = Array.from({ length: rows }, (_, at) => at / 7);
  const children = [vectorFromArray(values, new Float64()).data[0]!];
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children }),
  );
}

const result = (batches: ResultTable['batches']): ResultTable => ({
  name: 'a.b',
  description: null,
  columns: [COLUMN],
  infos: [],
  batches,
});

async function read(chunks: AsyncGenerator<Uint8Array>): Promise<{ text: string; error: unknown }> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
    return { text, error: null };
  } catch (error) {
    return { text, error };
  }
}

/** QUERY_STATUS elements of a VOTable, which must be well-formed. */
function statuses(document: string): { '@value': string; '#text'?: string }[] {
  assert.equal(XMLValidator.validate(document), true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    isArray: (name) => name === 'INFO',
  });
  return parser
    .parse(document)
    .VOTABLE.RESOURCE.INFO.filter((info: { '@name': string }) => info['@name'] === 'QUERY_STATUS');
}

const isVotable = ({ format }: TableWriter): boolean => format.startsWith('votable');
const key = 'a.b/2026-11-20/dataset/Norder=0/Dir=0/Npix=1.parquet';

for (const writer of tableWriters) {
  test(`${writer.format}: rows that fail later leave an answer that does not look whole`, async () => {
    async function* batches(): AsyncGenerator<RecordBatch, Overflow, undefined> {
      yield batch(20_000);
      throw new CorruptPartitionError(key, 'is truncated');
    }
    const { text, error } = await read(writer.write(result(batches())));
    if (!isVotable(writer)) {
      assert.ok(error instanceof CorruptPartitionError);
      return;
    }
    assert.equal(error, null);
    const [first, last] = statuses(text);
    assert.equal(first!['@value'], 'OK');
    assert.equal(last!['@value'], 'ERROR');
    assert.match(last!['#text']!, /incomplete: a\.b.*Npix=1\.parquet is truncated/);
  });

  test(`${writer.format}: what fails before the first chunk is thrown`, async () => {
    async function* batches(): AsyncGenerator<RecordBatch, Overflow, undefined> {
      yield batch(3);
      throw new CorruptPartitionError(key, 'is missing');
    }
    const { text, error } = await read(writer.write(result(batches())));
    assert.equal(text, '');
    assert.ok(error instanceof CorruptPartitionError);
  });

  test(`${writer.format}: chunks are made as they are asked for, and closing stops the rows`, async () => {
    let given = 0;
    let closed = false;
    async function* batches(): AsyncGenerator<RecordBatch, Overflow, undefined> {
      try {
        for (; given < 100; given++) yield batch(20_000);
        return { overflow: false };
      } finally {
        closed = true;
      }
    }
    const chunks = writer.write(result(batches()));
    assert.equal(given, 0, 'nothing happens before the first chunk is asked for');
    for (let count = 0; count < 3; count++) {
      const { value } = await chunks.next();
      assert.ok(value!.length >= 65_536 && value!.length < 80_000, `${value!.length} bytes`);
    }
    assert.ok(given <= 1);
    await chunks.return();
    assert.ok(closed);
  });
}

test('a null alone in its row leaves no empty line, which readers would skip', async () => {
  async function* batches(): AsyncGenerator<RecordBatch, Overflow, undefined> {
    const schema = new Schema([fieldOf(COLUMN)]);
    const children = [vectorFromArray([1, null, 2], new Float64()).data[0]!];
    yield new RecordBatch(
      schema,
      makeData({ type: new Struct(schema.fields), length: 3, nullCount: 0, children }),
    );
    return { overflow: false };
  }
  assert.equal((await read(writerFor('csv')!.write(result(batches())))).text, 'x\r\n1\r\n""\r\n2\r\n');
  assert.equal((await read(writerFor('tsv')!.write(result(batches())))).text, 'x\n1\n \n2\n');
});

test('an error of ours is not shown to the reader', async () => {
  async function* batches(): AsyncGenerator<RecordBatch, Overflow, undefined> {
    yield batch(20_000);
    throw new TypeError('undefined is not a function');
  }
  const { text } = await read(writerFor('votable-binary2')!.write(result(batches())));
  assert.doesNotMatch(text, /undefined/);
  assert.equal(statuses(text).at(-1)!['@value'], 'ERROR');
});

test('a format that is none has no writer', () => {
  assert.equal(writerFor('fits'), null);
  assert.equal(writerFor('csv')!.mediaType, 'text/csv;charset=utf-8;header=present');
});
