import assert from 'node:assert/strict';
import test from 'node:test';
import { eachFilled, emptyHistogram, MAX_ORDER } from './histogram.ts';
import { mapOfCounts, skymapFiles, skymapFits } from './skymap.ts';

/** The cards of a file's second header, and the rows as numbers. */
function read(file: Uint8Array<ArrayBuffer>): { cards: Map<string, string>; values: bigint[] } {
  assert.equal(file.length % 2880, 0);
  const text = new TextDecoder('latin1').decode(file);
  const start = 2880;
  const end = text.indexOf('END     ', start);
  const cards = new Map(
    text
      .slice(start, end)
      .match(/.{80}/gs)!
      .map((card) => [card.slice(0, 8).trim(), card.slice(10).replaceAll("'", '').trim()]),
  );
  const data = Math.ceil((end + 80) / 2880) * 2880;
  const count = (Number(cards.get('NAXIS1')) / 8) * Number(cards.get('NAXIS2'));
  const view = new DataView(file.buffer, file.byteOffset + data);
  return { cards, values: Array.from({ length: count }, (_, at) => view.getBigInt64(8 * at)) };
}

test('a full sky has a value for each cell', () => {
  const rows = Array.from({ length: 48 }, (_, cell) => cell * 2 ** 33);
  const { cards, values } = read(skymapFits(mapOfCounts(rows)));
  assert.deepEqual(values, rows.map(BigInt));
  assert.deepEqual(
    ['INDXSCHM', 'ORDERING', 'NSIDE', 'FIRSTPIX', 'LASTPIX', 'TTYPE1', 'TFORM1'].map((key) => cards.get(key)),
    ['IMPLICIT', 'NESTED', '2', '0', '47', 'VALUE', '1K'],
  );
});

test('a sky that is mostly empty has the cells that are not', () => {
  const rows = new Uint32Array(192);
  rows[3] = 7;
  rows[191] = 1;
  const { cards, values } = read(skymapFits(mapOfCounts(rows)));
  assert.deepEqual(values, [3n, 7n, 191n, 1n]);
  assert.deepEqual([cards.get('INDXSCHM'), cards.get('OBS_NPIX')], ['EXPLICIT', '2']);
});

test('the order is the finest whose map is small, and all maps count the same rows', () => {
  const few = emptyHistogram();
  for (let cell = 0; cell < 1000; cell += 1) few.add(cell * 9999, cell);
  const many = emptyHistogram();
  for (let cell = 0; cell < many.cells; cell += 1) many.add(cell, 3);
  for (const [histogram, order] of [
    [few, MAX_ORDER],
    [many, 8],
  ] as const) {
    const { files, orders } = skymapFiles(histogram);
    assert.deepEqual(orders, { order, others: [4] });
    const [skymap, pointMap, preview] = files;
    assert.deepEqual(
      files.map(({ path }) => path),
      ['skymap.fits', 'point_map.fits', 'skymap.4.fits'],
    );
    assert.equal(skymap!.bytes, pointMap!.bytes);
    assert.ok(skymap!.bytes.length < 9e6);
    let total = 0;
    eachFilled(histogram, (_, rows) => {
      total += rows;
    });
    for (const { bytes } of [skymap!, preview!]) {
      const { cards, values } = read(bytes as Uint8Array<ArrayBuffer>);
      const counts = cards.get('INDXSCHM') === 'EXPLICIT' ? values.filter((_, at) => at % 2 === 1) : values;
      assert.equal(
        counts.reduce((sum, count) => sum + Number(count), 0),
        total,
      );
    }
  }
});
