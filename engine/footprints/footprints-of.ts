import type { Data } from 'apache-arrow';
import type { Footprints } from '../healpix-wasm/kernel.ts';

/**
 * Footprints as the kernel wants them.
 * @param columns in the order of `footprintNames`: polygons, right ascension, declination and, where there is one, the diameter.
 */
export function footprintsOf([region, ra, dec, diameter]: readonly Data[]): Footprints {
  const { length } = region!;
  return {
    ...polygonsOf(region!),
    lon: ra!.values.subarray(0, length),
    lat: dec!.values.subarray(0, length),
    diameter: diameter === undefined ? new Float64Array(length) : diametersOf(diameter),
  };
}

function polygonsOf(region: Data): Pick<Footprints, 'vertices' | 'offsets'> {
  const from: Int32Array = region.valueOffsets;
  const numbers = region.children[0]!;
  const { length } = region;
  if (region.nullCount === 0 && numbers.nullCount === 0 && from[0] === 0) {
    return { vertices: numbers.values, offsets: from.subarray(0, length + 1) };
  }
  const vertices = new Float64Array(from[length]! - from[0]!);
  const offsets = new Int32Array(length + 1);
  for (let row = 0; row < length; row++) {
    let end = offsets[row]!;
    if (region.getValid(row)) {
      for (let at = from[row]!; at < from[row + 1]!; at++) {
        vertices[end++] = numbers.getValid(at) ? numbers.values[at] : Number.NaN;
      }
    }
    offsets[row + 1] = end;
  }
  return { vertices, offsets };
}

function diametersOf(data: Data): Float64Array {
  const values: Float64Array = data.values.subarray(0, data.length);
  if (data.nullCount === 0) return values;
  return values.map((value, row) => (data.getValid(row) ? value : 0));
}
