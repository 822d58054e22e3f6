import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { demoBucket } from '../../test/demo-release.ts';
import { kernel } from '../../test/sky.ts';
import { checkQuery } from '../adql/check/check.ts';
import { FUNCTIONS } from '../adql/functions/functions.ts';
import { parseAdql } from '../adql/parse.ts';
import type { Release } from '../catalog/release.ts';
import { createEngine } from '../engine.ts';
import { folderStorage } from '../storage/folder.ts';
import { readUpload } from '../upload/read-upload.ts';
import type { Plan } from './plan.ts';
import { planQuery } from './plan-query.ts';

let stars: Release;
before(async () => {
  const { catalogs } = createEngine({
    storage: folderStorage(await demoBucket()),
    kernel,
    cacheBytes: 2 ** 20,
  });
  stars = (await catalogs.open('hipparcos.stars'))!;
});

const QUERY =
  'SELECT * FROM TAP_UPLOAD.mine AS u JOIN hipparcos.stars AS s ON DISTANCE(u.ra, u.dec, s.ra, s.dec) < 10 / 3600.';

async function plan(
  positions: readonly (readonly [ra: number | string, dec: number | string])[],
  postgresql = true,
  release = stars,
): Promise<Plan> {
  const csv = ['ra,dec', ...positions.map((position) => position.join())].join('\n');
  const limits = { bytes: 1e7, rows: 1e6, columns: 10 };
  const upload = await readUpload('mine', new TextEncoder().encode(csv), limits);
  const { table } = release.manifest;
  const query = checkQuery(parseAdql(QUERY), [table, upload.table], FUNCTIONS);
  return planQuery(query, {
    releases: new Map([[table, release]]),
    uploads: new Map([[upload.table, upload]]),
    kernel,
    limits: { bytes: 32e6, pieceBytes: 256e6 },
    available: { scan: true, duckdb: true, postgresql },
    forced: null,
    unsupported: { duckdb: null, postgresql: null },
  });
}

test('of a catalogue the rows near to the positions of an upload are read', async () => {
  const { engine, uses } = await plan([
    [101.287, -16.716],
    ['', ''],
    [-80.7653, 38.784],
  ]);
  assert.equal(engine, 'duckdb');
  const [upload, catalogue] = uses;
  assert.equal(upload!.rows, 3);
  assert.ok(catalogue!.rows < 20, `${catalogue!.rows} rows`);
  const cells = kernel.hash(Float64Array.of(101.287, 279.2347), Float64Array.of(-16.716, 38.784));
  for (const cell of cells) {
    const { start, end } = catalogue!.ranges!;
    assert.ok(start.some((first, at) => first <= cell && cell < end[at]!));
  }
});

/** The catalogue with twenty times the rows. */
function enlarged({ manifest, ...release }: Release): Release {
  const skymap = { ...manifest.skymap!, rows: manifest.skymap!.rows.map((rows) => 20 * rows) };
  return { ...release, manifest: { ...manifest, skymap, rows: 20 * manifest.rows } };
}

test('positions all over the sky are looked up in the database, where there is one', async () => {
  const positions = Array.from({ length: 300 }, (_, at) => [(at * 137.5) % 360, (at % 120) - 60] as const);
  const { engine, why } = await plan(positions, true, enlarged(stars));
  assert.equal(engine, 'postgresql');
  assert.match(why, /all over hipparcos\.stars/);
  assert.equal((await plan(positions, false, enlarged(stars))).engine, 'duckdb');
});

test('of a small catalogue all is taken, which may be there already', async () => {
  const positions = Array.from({ length: 300 }, (_, at) => [(at * 137.5) % 360, (at % 120) - 60] as const);
  const { engine, uses } = await plan(positions);
  assert.equal(engine, 'duckdb');
  assert.equal(uses[1]!.ranges, null);
});

test('many positions are taken together', async () => {
  const positions = Array.from(
    { length: 5000 },
    (_, at) => [50 + (at % 70) / 35, 20 + Math.floor(at / 70) / 35] as const,
  );
  const { engine, uses } = await plan(positions);
  assert.equal(engine, 'duckdb');
  assert.ok(uses[1]!.rows > 3 && uses[1]!.rows < 500, `${uses[1]!.rows} rows`);
});

test('latitudes beyond the poles say nothing', async () => {
  const { uses } = await plan([[10, 95]]);
  assert.equal(uses[1]!.ranges, null);
});
