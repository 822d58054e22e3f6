import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Cone, Region } from '../../engine/healpix-wasm/index.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { runPython, skipWithoutPython } from './clients.ts';

const ROWS = 20_000;
const CONES = 800;
const REGIONS = 100;

test('the kernel agrees with astropy-healpix, cdshealpix and numpy', {
  skip: skipWithoutPython,
}, async () => {
  const kernel = loadKernel();
  const random = randomNumbers(20_261_121);
  const unsorted = Array.from({ length: ROWS }, () => anywhere(random));
  const unsortedCells = kernel.hash(
    Float64Array.from(unsorted, ([lon]) => lon),
    Float64Array.from(unsorted, ([, lat]) => lat),
  );
  const order = [...unsortedCells.keys()].sort((a, b) => (unsortedCells[a]! < unsortedCells[b]! ? -1 : 1));
  const index = BigInt64Array.from(order, (row) => unsortedCells[row]!);
  const lon = Float64Array.from(order, (row) => unsorted[row]![0]);
  const lat = Float64Array.from(order, (row) => unsorted[row]![1]);

  const cones = Array.from({ length: CONES }, () => randomCone(random));
  const covers = cones.map(kernel.coneRanges);
  const rowIndex = kernel.rowIndex(index);
  const answers = covers.map((ranges, i) =>
    kernel.coneRows(cones[i]!, lon, lat, rowIndex.candidates(cones[i]!, ranges)),
  );

  const triangles = Array.from({ length: REGIONS }, () => randomTriangle(random));
  const boxes = Array.from({ length: REGIONS }, () => randomBox(random));
  const regionRows = [...triangles.map(triangle), ...boxes.map(box)].map((region) =>
    kernel.regionRows(region, lon, lat, rowIndex.inRanges(kernel.regionRanges(region))),
  );
  rowIndex.free();

  const folder = await mkdtemp(join(tmpdir(), 'almagest-kernel-'));
  try {
    const files: Record<string, Uint8Array | Float64Array | BigInt64Array | Uint32Array> = {
      'lon.f64': lon,
      'lat.f64': lat,
      'cell.i64': index,
      'cones.f64': Float64Array.from(cones.flatMap((cone) => [cone.lon, cone.lat, cone.radius])),
      'range_count.u32': Uint32Array.from(covers, (cover) => cover.start.length),
      'range_start.i64': BigInt64Array.from(covers.flatMap((cover) => [...cover.start])),
      'range_end.i64': BigInt64Array.from(covers.flatMap((cover) => [...cover.end])),
      'range_full.u8': Uint8Array.from(covers.flatMap((cover) => [...cover.full])),
      'row_count.u32': Uint32Array.from(answers, (answer) => answer.row.length),
      'row.u32': Uint32Array.from(answers.flatMap((answer) => [...answer.row])),
      'triangles.f64': Float64Array.from(triangles.flat(2)),
      'boxes.f64': Float64Array.from(boxes.flat()),
      'region_row_count.u32': Uint32Array.from(regionRows, (rows) => rows.length),
      'region_row.u32': Uint32Array.from(regionRows.flatMap((rows) => [...rows])),
      'separation.f64': Float64Array.from(answers.flatMap((answer) => [...answer.separation])),
    };
    for (const [name, values] of Object.entries(files)) await writeFile(join(folder, name), values);
    await runPython('check_kernel.py', [folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** A linear congruential generator: the same cones at every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function anywhere(random: () => number): [lon: number, lat: number] {
  return [360 * random(), (Math.asin(2 * random() - 1) * 180) / Math.PI];
}

/** Radii of 10⁻⁹° to 180°, most of them small; a fifth of the centres on the wrap, a fifth at a pole. */
function randomCone(random: () => number): Cone {
  let [lon, lat] = anywhere(random);
  const kind = random();
  if (kind < 0.2) lon = [0, 360, 1e-9, 359.999999][Math.floor(4 * random())]!;
  else if (kind < 0.4) lat = [90, -90, 89.9999, -89.9][Math.floor(4 * random())]!;
  const size = random();
  const radius =
    size < 0.1
      ? 180 * random()
      : size < 0.15
        ? [0, 90, 179.9, 180][Math.floor(4 * random())]!
        : 10 ** (10.5 * random() - 9);
  return { lon, lat, radius };
}

type LonLat = [lon: number, lat: number];

/** Corners anywhere; nearly a third of the triangles have one on the wrap or at a pole. */
function randomTriangle(random: () => number): [LonLat, LonLat, LonLat] {
  const special: readonly LonLat[] = [
    [0, 20],
    [180, -40],
    [100, 90],
    [0, -90],
  ];
  const first = random() < 0.3 ? special[Math.floor(4 * random())]! : anywhere(random);
  return [first, anywhere(random), anywhere(random)];
}

/** Centre, width and height; a quarter of the boxes hold a pole or the wrap. */
function randomBox(random: () => number): [lon: number, lat: number, width: number, height: number] {
  const [lon, lat] = anywhere(random);
  const kind = random();
  const size = () => 170 * random() ** 3 + 0.01;
  if (kind < 0.12) return [lon, [90, -90][Math.floor(2 * random())]!, size(), size()];
  return [kind < 0.25 ? 0 : lon, lat, size(), size()];
}

function triangle(corners: [LonLat, LonLat, LonLat]): Region {
  return { kind: 'polygon', vertices: corners.map(([lon, lat]) => ({ lon, lat })) };
}

function box([lon, lat, width, height]: [number, number, number, number]): Region {
  return { kind: 'box', lon, lat, width, height };
}
