import { BAD_REGION, type Instance } from './instance.ts';
import type { Cone, FootprintCells, Footprints, FootprintTest, Region } from './kernel.ts';
import { KernelError } from './kernel-error.ts';
import { badRegion, type EncodedRegion, encodeRegion } from './regions.ts';
import { differentLengths, requireCone } from './require.ts';

/** Footprints whose cells are found in one call: bounds the scratch memory. */
const BLOCK = 1024;

const TESTS: Readonly<Record<FootprintTest, number>> = { overlaps: 0, covers: 1, enclosed: 2 };

export function footprintCells(instance: Instance, footprints: Footprints, most: number): FootprintCells {
  if (!(Number.isInteger(most) && most >= 12)) {
    throw new KernelError(`at most ${most} cells cannot cover a footprint: give 12 or more`);
  }
  const cells: BigInt64Array[] = [];
  const owners: Uint32Array[] = [];
  const { length } = footprints.lon;
  for (let from = 0; from < length; from += BLOCK) {
    const part = sliced(footprints, from, Math.min(length, from + BLOCK));
    const n = part.lon.length;
    const cellsAt = instance.scratch(n * most * 12 + bytesOf(part));
    const ownersAt = cellsAt + n * most * 8;
    const at = copyIn(instance, part, ownersAt + ((n * most * 4 + 7) & ~7));
    const count = instance.exports.kernel_footprint_cells(...at, n, most, cellsAt, ownersAt);
    const { i64, u32 } = instance.views();
    cells.push(i64.slice(cellsAt / 8, cellsAt / 8 + count));
    owners.push(u32.slice(ownersAt / 4, ownersAt / 4 + count).map((owner) => owner + from));
  }
  return { cell: joined(BigInt64Array, cells), footprint: joined(Uint32Array, owners) };
}

export function footprintRows(
  instance: Instance,
  region: Region | Cone,
  footprints: Footprints,
  test: FootprintTest,
): Uint32Array {
  const { kind, numbers } = encoded(region);
  if (test !== 'overlaps' && 'kind' in region && region.kind === 'zone') {
    throw new KernelError('whether a zone contains a footprint, or one the other, cannot be told');
  }
  checkLengths(footprints);
  const n = footprints.lon.length;
  const numbersAt = instance.scratch(numbers.length * 8 + n * 4 + 8 + bytesOf(footprints));
  const placeAt = numbersAt + numbers.length * 8;
  const at = copyIn(instance, footprints, placeAt + ((n * 4 + 7) & ~7));
  instance.views().f64.set(numbers, numbersAt / 8);
  const count = instance.exports.kernel_footprint_filter(
    kind,
    numbersAt,
    numbers.length,
    TESTS[test],
    ...at,
    n,
    placeAt,
  );
  if (count === BAD_REGION) throw badRegion();
  return instance.views().u32.slice(placeAt / 4, placeAt / 4 + count);
}

function encoded(region: Region | Cone): EncodedRegion {
  if ('kind' in region) return encodeRegion(region);
  requireCone(region);
  return { kind: 3, numbers: [region.lon, region.lat, region.radius] };
}

/** Some of the footprints. */
function sliced(footprints: Footprints, from: number, to: number): Footprints {
  checkLengths(footprints);
  const { vertices, offsets, lon, lat, diameter } = footprints;
  const first = offsets[from]!;
  return {
    vertices: vertices.subarray(first, offsets[to]!),
    offsets: offsets.slice(from, to + 1).map((offset) => offset - first),
    lon: lon.subarray(from, to),
    lat: lat.subarray(from, to),
    diameter: diameter.subarray(from, to),
  };
}

function checkLengths({ vertices, offsets, lon, lat, diameter }: Footprints): void {
  if (lat.length !== lon.length || diameter.length !== lon.length) {
    throw differentLengths({ lon, lat, diameter });
  }
  let before = 0;
  const ascend = offsets.every((offset) => {
    const ascends = offset >= before;
    before = offset;
    return ascends;
  });
  if (!ascend || offsets.length !== lon.length + 1 || before > vertices.length) {
    throw new KernelError(`the offsets are not those of ${lon.length} polygons`);
  }
}

/** Bytes that the footprints take in the kernel's memory. */
function bytesOf({ vertices, lon }: Footprints): number {
  return vertices.length * 8 + lon.length * 24 + (lon.length + 2) * 4 + 8;
}

type Addresses = [vertices: number, offsets: number, lon: number, lat: number, diameter: number];

function copyIn(instance: Instance, footprints: Footprints, address: number): Addresses {
  const { vertices, offsets, lon, lat, diameter } = footprints;
  const { f64, u32 } = instance.views();
  let at = address;
  const numbers = (values: Float64Array) => {
    f64.set(values, at / 8);
    const here = at;
    at += values.length * 8;
    return here;
  };
  const [verticesAt, lonAt, latAt, diameterAt] = [vertices, lon, lat, diameter].map(numbers);
  u32.set(offsets, at / 4);
  return [verticesAt!, at, lonAt!, latAt!, diameterAt!];
}

function joined<Numbers extends BigInt64Array | Uint32Array>(
  type: new (length: number) => Numbers,
  parts: readonly Numbers[],
): Numbers {
  const all = new type(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part as never, at);
    at += part.length;
  }
  return all;
}
