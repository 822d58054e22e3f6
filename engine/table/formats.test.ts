import assert from 'node:assert/strict';
import test from 'node:test';
import { Field, Float64, Int64, List, RecordBatchReader, Utf8, Vector, vectorFromArray } from 'apache-arrow';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Column } from '../catalog/column.ts';
import { CorruptPartitionError } from '../errors.ts';
import { type TableWriter, tableWriters, writerFor } from './formats.ts';
import type { Batch, Cells, Overflow, ResultTable } from './result.ts';
import { concatRows } from './rows.ts';

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

const cells = (vector: Vector): Cells => ({ data: vector.data[0]!, rows: null });

function batch(length: number): Batch {
  const values = Array.from({ length }, (_, at) => at / 7);
  return { length, columns: [cells(vectorFromArray(values, new Float64()))] };
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

/** These know all rows before they write the first. */
const isHeld = ({ format }: TableWriter): boolean => format === 'fits' || format === 'text';
/** Chunks of these are whole batches of columns. */
const isColumnar = ({ format }: TableWriter): boolean => format === 'arrow' || format === 'parquet';
const isVotable = ({ format }: TableWriter): boolean => format.startsWith('votable');
const key = 'a.b/2026-11-20/dataset/Norder=0/Dir=0/Npix=1.parquet';

for (const writer of tableWriters) {
  test(`${writer.format}: rows that fail later leave an answer that does not look whole`, async () => {
    async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
      yield batch(20_000);
      throw new CorruptPartitionError(key, 'is truncated');
    }
    const { text, error } = await read(writer.write(result(batches())));
    if (writer.format === 'html') {
      assert.match(
        text,
        /<p class="warning">The table is incomplete: a\.b.*is truncated<\/p>\n<\/body><\/html>\n$/,
      );
      return;
    }
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
    async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
      yield batch(3);
      throw new CorruptPartitionError(key, 'is missing');
    }
    const { text, error } = await read(writer.write(result(batches())));
    assert.equal(text, '');
    assert.ok(error instanceof CorruptPartitionError);
  });

  if (isHeld(writer)) continue;
  test(`${writer.format}: chunks are made as they are asked for, and closing stops the rows`, async () => {
    let given = 0;
    let closed = false;
    async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
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
      const most = isColumnar(writer) ? 200_000 : 80_000;
      assert.ok(value!.length >= 65_536 && value!.length < most, `${value!.length} bytes`);
    }
    assert.ok(given <= (isColumnar(writer) ? 3 : 1));
    await chunks.return();
    assert.ok(closed);
  });
}

test('a null alone in its row leaves no empty line, which readers would skip', async () => {
  async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
    yield { length: 3, columns: [cells(vectorFromArray([1, null, 2], new Float64()))] };
    return { overflow: false };
  }
  assert.equal((await read(writerFor('csv')!.write(result(batches())))).text, 'x\r\n1\r\n""\r\n2\r\n');
  assert.equal((await read(writerFor('tsv')!.write(result(batches())))).text, 'x\n1\n \n2\n');
});

const IDENTIFIER: Column = { ...COLUMN, name: 'id', datatype: 'char', arraysize: '*' };
const asDigits = {
  'votable-tabledata': '<TR><TD>-9223372036854775808</TD></TR>\n<TR><TD></TD></TR>\n<TR><TD>7</TD></TR>',
  // A byte of flags, a count of four bytes, the digits.
  'votable-binary2': Buffer.from(
    '\0\0\0\0\x14-9223372036854775808\x80\0\0\0\0\0\0\0\0\x017',
    'latin1',
  ).toString('base64'),
  csv: 'id\r\n-9223372036854775808\r\n""\r\n7\r\n',
  tsv: 'id\n-9223372036854775808\n \n7\n',
  json: '["-9223372036854775808"],\n[null],\n["7"]',
};

const { data: numbers } = cells(vectorFromArray([1n, -(2n ** 63n), null, 7n], new Int64()));
for (const [format, expected] of Object.entries(asDigits)) {
  for (const [how, ids] of Object.entries({
    'a slice': { data: numbers.slice(1, 3), rows: null },
    'some rows': { data: numbers, rows: Uint32Array.of(1, 2, 3) },
  })) {
    test(`${format}: whole numbers in a column of text leave as their digits, ${how}`, async () => {
      async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
        yield { length: 3, columns: [ids] };
        return { overflow: false };
      }
      const { text } = await read(writerFor(format)!.write({ ...result(batches()), columns: [IDENTIFIER] }));
      assert.ok(text.includes(expected), text);
    });
  }
}

const TEXTS = ['', 'a', 'é, "b"', '<&\n>', '\u0001\t\\', '🌟\uffff'];
const asText: Record<string, string> = {
  'votable-tabledata': [
    '<TD></TD>',
    '<TD>a</TD>',
    '<TD>é, &quot;b&quot;</TD>',
    '<TD>&lt;&amp;&#10;&gt;</TD>',
    '<TD>\ufffd&#9;\\</TD>',
    '<TD>🌟\ufffd</TD>',
  ]
    .map((cell) => `<TR>${cell}</TR>\n`)
    .join(''),
  csv: 'id\r\n""\r\na\r\n"é, ""b"""\r\n"<&\n>"\r\n\u0001\t\\\r\n🌟\uffff\r\n',
  tsv: 'id\n\na\né, "b"\n<& >\n\u0001 \\\n🌟\uffff\n',
  json: TEXTS.map((text) => JSON.stringify([text])).join(',\n'),
};

for (const [format, expected] of Object.entries(asText)) {
  test(`${format}: texts leave as the format quotes them`, async () => {
    async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
      yield { length: TEXTS.length, columns: [cells(vectorFromArray(TEXTS, new Utf8()))] };
      return { overflow: false };
    }
    const { text } = await read(writerFor(format)!.write({ ...result(batches()), columns: [IDENTIFIER] }));
    assert.ok(text.includes(expected), text);
  });
}

const POINTS = vectorFromArray(
  [[12.3, -45.6], null, [0, Number.NaN], [1, 2], [], [null, 3]],
  new List(new Field('item', new Float64(), true)),
).data[0]!;
const asArrays: Record<string, string> = {
  'votable-tabledata':
    '<TR><TD>12.3 -45.6</TD></TR>\n<TR><TD></TD></TR>\n<TR><TD>0 NaN</TD></TR>\n<TR><TD>1 2</TD></TR>\n<TR><TD></TD></TR>\n<TR><TD>NaN 3</TD></TR>\n',
  csv: 'x\r\n12.3 -45.6\r\n""\r\n0 NaN\r\n1 2\r\n""\r\nNaN 3\r\n',
  tsv: 'x\n12.3 -45.6\n \n0 NaN\n1 2\n\nNaN 3\n',
  json: '[[12.3,-45.6]],\n[null],\n[[0,null]],\n[[1,2]],\n[[]],\n[[null,3]]',
};

for (const [format, expected] of Object.entries(asArrays)) {
  for (const [how, cells] of Object.entries({
    'all rows': { data: POINTS, rows: null },
    'some rows': {
      data: concatRows([POINTS.slice(4, 2), POINTS.slice(0, 4)]),
      rows: Uint32Array.of(2, 3, 4, 5, 0, 1),
    },
  })) {
    test(`${format}: arrays leave as their elements, ${how}`, async () => {
      async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
        yield { length: 6, columns: [cells] };
        return { overflow: false };
      }
      const columns = [{ ...COLUMN, arraysize: '*' }];
      const { text } = await read(writerFor(format)!.write({ ...result(batches()), columns }));
      assert.ok(text.includes(expected), text);
    });
  }
}

for (const [arraysize, expected] of Object.entries({
  // A byte of flags and the elements; the second is null, the fifth has none.
  '2': [[12.3, -45.6], [], [0, Number.NaN], [1, 2], [Number.NaN, Number.NaN], [Number.NaN, 3]],
  '*': [[12.3, -45.6], [], [0, Number.NaN], [1, 2], [], [Number.NaN, 3]],
})) {
  test(`votable-binary2: arrays of arraysize ${arraysize}`, async () => {
    async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
      yield { length: 6, columns: [{ data: POINTS, rows: null }] };
      return { overflow: false };
    }
    const columns = [{ ...COLUMN, arraysize }];
    const { text } = await read(writerFor('votable-binary2')!.write({ ...result(batches()), columns }));
    const bytes = Buffer.from(/base64">\n(.*)\n</.exec(text)![1]!, 'base64');
    let at = 0;
    const rows = expected.map((_, row) => {
      assert.equal(bytes[at++], row === 1 ? 0x80 : 0);
      const count = arraysize === '*' ? bytes.readInt32BE(at) : 2;
      at += arraysize === '*' ? 4 : 0;
      const cell = Array.from({ length: count }, (_, nth) => bytes.readDoubleBE(at + 8 * nth));
      at += 8 * count;
      return row === 1 ? [] : cell;
    });
    assert.deepEqual(rows, expected);
    assert.equal(at, bytes.length);
  });
}

test('votable-binary2: an array longer than its arraysize is no answer', async () => {
  async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
    yield { length: 6, columns: [{ data: POINTS, rows: null }] };
    return { overflow: false };
  }
  const columns = [{ ...COLUMN, arraysize: '1x1' }];
  const { error } = await read(writerFor('votable-binary2')!.write({ ...result(batches()), columns }));
  assert.match((error as Error).message, /column x: an array of 2 elements, where its arraysize is 1x1/);
});

test('arrow: columns of one name and different types stay what they are', async () => {
  async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
    const columns = [
      cells(vectorFromArray([1n, 2n], new Int64())),
      cells(vectorFromArray([0.5, null], new Float64())),
    ];
    yield { length: 2, columns };
    return { overflow: false };
  }
  const columns = [{ ...COLUMN, datatype: 'long' as const }, COLUMN];
  const chunks: Uint8Array[] = [];
  for await (const chunk of writerFor('arrow')!.write({ ...result(batches()), columns })) chunks.push(chunk);
  const reader = RecordBatchReader.from(Buffer.concat(chunks)).open();
  assert.deepEqual(reader.schema.fields.map(String), ['x: Int64', 'x: Float64']);
  const [read] = [...reader];
  assert.deepEqual(
    read!.data.children.map((data) => [...new Vector([data])]),
    [
      [1n, 2n],
      [0.5, null],
    ],
  );
});

test('an error of ours is not shown to the reader', async () => {
  async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
    yield batch(20_000);
    throw new TypeError('undefined is not a function');
  }
  const { text } = await read(writerFor('votable-binary2')!.write(result(batches())));
  assert.doesNotMatch(text, /undefined/);
  assert.equal(statuses(text).at(-1)!['@value'], 'ERROR');
});

test('a format that is none has no writer', () => {
  assert.equal(writerFor('pdf'), null);
  assert.equal(writerFor('csv')!.mediaType, 'text/csv;charset=utf-8;header=present');
});
