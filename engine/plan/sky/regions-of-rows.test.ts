import assert from 'node:assert/strict';
import test from 'node:test';
import { generatedRows } from '../../../test/obscore-rows.ts';
import { hashOne, kernel } from '../../../test/sky.ts';
import { circle, magnitude, oneOf, position, randomNumbers } from '../../../test/sky-shapes.ts';
import { checkQuery } from '../../adql/check/check.ts';
import { FUNCTIONS } from '../../adql/functions/functions.ts';
import { parseAdql } from '../../adql/parse.ts';
import type { Table } from '../../catalog/table.ts';
import { reachOf } from '../../footprints/reach.ts';
import type { Footprints } from '../../healpix-wasm/kernel.ts';
import { OBSCORE } from '../../obscore/table.ts';
import { testTable } from '../test-tables.ts';
import { coversOf } from './covers.ts';
import { rangesOf } from './sky.ts';

const STARS = testTable('survey', 'stars');
const random = randomNumbers(29);

/** Footprints of one size, about, so that what is known of the largest tells of all. */
const ROWS = generatedRows(4000).filter(
  ({ s_fov, s_region }) => s_fov! > 1 && s_fov! < 10 && s_region !== null && s_region.length > 5,
);
const FOOTPRINTS: Footprints = {
  vertices: Float64Array.from(ROWS.flatMap(({ s_region }) => s_region!)),
  offsets: ROWS.reduce(
    (offsets, { s_region }, row) => {
      offsets[row + 1] = offsets[row]! + s_region!.length;
      return offsets;
    },
    new Int32Array(ROWS.length + 1),
  ),
  lon: Float64Array.from(ROWS, ({ s_ra }) => s_ra!),
  lat: Float64Array.from(ROWS, ({ s_dec }) => s_dec!),
  diameter: new Float64Array(ROWS.length),
};
const REACH = reachOf(FOOTPRINTS);

/** Whether the cell of a row's position is in the cover of a table; null where that is all of the sky. */
function coverOf(text: string, of: Table): ((row: number) => boolean) | null {
  const query = checkQuery(parseAdql(text), [OBSCORE, STARS], FUNCTIONS);
  const covers = coversOf(query, kernel.vertices, undefined, (table, column) =>
    table === OBSCORE && column === 's_region' ? REACH : null,
  );
  const [, sky] = [...covers].find(([node]) => query.findings.tables.get(node) === of)!;
  const ranges = rangesOf(sky, kernel);
  if (ranges === null) return null;
  return (row) => {
    const cell = hashOne(FOOTPRINTS.lon[row]!, FOOTPRINTS.lat[row]!);
    return ranges.start.some((start, at) => start <= cell && cell < ranges.end[at]!);
  };
}

test('rows whose footprints meet a constant region are not far from it', () => {
  let met = 0;
  let left = 0;
  for (let nth = 0; nth < 150; nth++) {
    const [lon, lat, radius] =
      nth % 3 === 0 ? circle(random) : ([...position(random), magnitude(random, -2, 1)] as const);
    const disc = `CIRCLE(${lon}, ${lat}, ${radius})`;
    const condition = oneOf(random, [
      `1 = INTERSECTS(s_region, ${disc})`,
      `1 = INTERSECTS(${disc}, s_region)`,
      `1 = CONTAINS(${disc}, s_region)`,
      `1 = CONTAINS(s_region, ${disc})`,
      `1 = CONTAINS(POINT(${lon}, ${lat}), s_region)`,
    ]);
    const cover = coverOf(`SELECT obs_id FROM ivoa.obscore WHERE ${condition}`, OBSCORE);
    // Of a circle that is inside of a footprint its centre is what is looked for.
    const wide = /POINT|CONTAINS\(CIRCLE/.test(condition) ? 0 : radius;
    assert.equal(cover === null, wide + REACH >= 180, condition);
    if (cover === null) continue;
    const test = condition.includes('INTERSECTS')
      ? 'overlaps'
      : condition.includes('CONTAINS(s_')
        ? 'enclosed'
        : 'covers';
    const found = kernel.footprintRows(
      { lon, lat, radius: condition.includes('POINT') ? 0 : radius },
      FOOTPRINTS,
      test,
    );
    for (const row of found) assert.ok(cover(row), `${condition}: ${ROWS[row]!.obs_id}`);
    met += found.length;
    left += ROWS.filter((_, row) => !cover(row)).length;
  }
  assert.ok(met > 100, `${met} rows met`);
  assert.ok(left > 100 * ROWS.length * 0.5, `${left} left out`);
});

test('so are those whose footprints hold a row of a table that is restricted, and the other way round', () => {
  const join = 'ivoa.obscore o JOIN survey.stars s ON 1 = CONTAINS(POINT(s.ra, s.dec), o.s_region)';
  const cone = coverOf(`SELECT o.obs_id FROM ${join} WHERE DISTANCE(s.ra, s.dec, 83, -5) < 1`, OBSCORE)!;
  for (const row of kernel.footprintRows({ lon: 83, lat: -5, radius: 1 }, FOOTPRINTS, 'overlaps'))
    assert.ok(cone(row));
  assert.ok(ROWS.some((_, row) => !cone(row)));
  assert.notEqual(
    coverOf(`SELECT o.obs_id FROM ${join} WHERE DISTANCE(o.s_ra, o.s_dec, 83, -5) < 1`, STARS),
    null,
  );
});

test('nothing is known where a condition is negated, or of a column whose reach nobody knows', () => {
  for (const condition of [
    '0 = INTERSECTS(s_region, CIRCLE(10, 20, 1))',
    'NOT (1 = INTERSECTS(s_region, CIRCLE(10, 20, 1)))',
    '1 = CONTAINS(POINT(10, 20), s_region) OR s_fov > 1',
  ]) {
    assert.equal(coverOf(`SELECT obs_id FROM ivoa.obscore WHERE ${condition}`, OBSCORE), null, condition);
  }
  const query = checkQuery(
    parseAdql('SELECT obs_id FROM ivoa.obscore WHERE 1 = CONTAINS(POINT(10, 20), s_region)'),
    [OBSCORE],
    FUNCTIONS,
  );
  assert.deepEqual([...coversOf(query, kernel.vertices).values()], [{ kind: 'everywhere' }]);
});
