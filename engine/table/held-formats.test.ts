import assert from 'node:assert/strict';
import test from 'node:test';
import { Utf8, vectorFromArray } from 'apache-arrow';
import { plainColumn, scalar, TEXT } from '../upload/plain-column.ts';
import { writerFor } from './formats.ts';
import type { Batch, Overflow, ResultTable } from './result.ts';

async function written(format: string, table: Partial<ResultTable>): Promise<string> {
  const result = {
    name: 'a.b',
    description: null,
    columns: [plainColumn('x', scalar('double'))],
    infos: [],
    batches: none(),
    ...table,
  };
  const chunks: Uint8Array[] = [];
  for await (const chunk of writerFor(format)!.write(result)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

// biome-ignore lint/correctness/useYield: it has none to yield
async function* none(): AsyncGenerator<Batch, Overflow, undefined> {
  return { overflow: true };
}

async function* texts(...values: (string | null)[]): AsyncGenerator<Batch, Overflow, undefined> {
  const { data } = vectorFromArray(values, new Utf8());
  yield { length: values.length, columns: [{ data: data[0]!, rows: null }] };
  return { overflow: false };
}

for (const format of ['fits', 'text']) {
  test(`${format}: more rows than are held are refused, with formats that have no such limit`, async () => {
    let closed = false;
    async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
      const { data } = vectorFromArray(new Float64Array(1 << 20));
      try {
        for (;;) yield { length: 1 << 20, columns: [{ data: data[0]!, rows: null }] };
      } finally {
        closed = true;
      }
    }
    await assert.rejects(
      written(format, { batches: batches() }),
      /more than the 32 MB that are: after some \d+ rows there were more.*parquet/,
    );
    assert.ok(closed);
  });
}

test('fits: without rows a table with its columns, in whole blocks, that says what was left out', async () => {
  const file = await written('fits', {});
  assert.equal(file.length % 2880, 0);
  assert.match(file, /^SIMPLE {2}= +T/);
  assert.match(
    file,
    /XTENSION= 'BINTABLE'.*NAXIS1 {2}= +8 .*NAXIS2 {2}= +0 .*TFIELDS = +1 .*OVERFLOW= +T .*TFORM1 {2}= '1D/,
  );
});

test('fits: the null of an integer is a number that no row has', async () => {
  const least = -(2 ** 31);
  const { data } = vectorFromArray(Int32Array.of(least, least + 1, 7));
  async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
    const nullBitmap = Uint8Array.of(0b011);
    yield {
      length: 3,
      columns: [
        {
          data: data[0]!.clone(data[0]!.type, 0, 3, 1, [undefined, data[0]!.values, nullBitmap] as never),
          rows: null,
        },
      ],
    };
    return { overflow: false };
  }
  const file = await written('fits', { batches: batches(), columns: [plainColumn('x', scalar('int'))] });
  assert.match(file, new RegExp(`TNULL1 {2}= +${least + 2} `));
});

test('html: an address is a link, what looks like one but runs is not, and markup stays text', async () => {
  const columns = [{ ...plainColumn('access_url', TEXT), ucd: 'meta.ref.url' }];
  const page = await written('html', {
    columns,
    batches: texts('https://x.example/?a=1&b="2"', 'javascript:alert(1)', '<script>', null),
  });
  assert.match(
    page,
    /<td><a href="https:\/\/x\.example\/\?a=1&amp;b=&quot;2&quot;">https:\/\/x\.example\/\?a=1&amp;b=&quot;2&quot;<\/a><\/td>/,
  );
  assert.match(page, /<td>javascript:alert\(1\)<\/td>/);
  assert.match(page, /<td>&lt;script&gt;<\/td><\/tr>\n<tr><td><\/td>/);
});

test('text: line ends within a value do not end its row', async () => {
  const columns = [plainColumn('note', TEXT)];
  const page = await written('text', { columns, batches: texts('a\nb', 'c') });
  assert.match(page, /\n\| note \|\n\| a b {2}\|\n\| c {4}\|\n$/);
});
