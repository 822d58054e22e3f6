import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type CellRanges, type Cone, createKernel } from '../engine/healpix-wasm/index.ts';

// engine/healpix-wasm/build.sh --check tests a fresh module by this variable.
const wasm = process.env.HEALPIX_WASM ?? new URL('../engine/healpix-wasm/healpix.wasm', import.meta.url);
export const kernel = createKernel(new WebAssembly.Module(readFileSync(wasm)));

export const CELLS = 12n << 58n;
export const degrees = Math.PI / 180;

/** The haversine of Float64 on the terms of the kernel's contract, written again. */
export function separation(cone: Cone, lon: number, lat: number): number {
  const dlat = Math.sin(((lat - cone.lat) / 2) * degrees) ** 2;
  const dlon = Math.sin(((lon - cone.lon) / 2) * degrees) ** 2;
  const h = dlat + Math.cos(cone.lat * degrees) * Math.cos(lat * degrees) * dlon;
  return (2 * Math.asin(Math.min(1, Math.sqrt(h)))) / degrees;
}

/** The position at an angle and bearing (degrees) from a cone's centre. */
export function at(cone: Cone, angle: number, bearing: number): [lon: number, lat: number] {
  const [lat, a, b] = [cone.lat * degrees, angle * degrees, bearing * degrees];
  const east = Math.sin(a) * Math.sin(b);
  const x = Math.cos(lat) * Math.cos(a) - Math.sin(lat) * Math.sin(a) * Math.cos(b);
  const z = Math.sin(lat) * Math.cos(a) + Math.cos(lat) * Math.sin(a) * Math.cos(b);
  const lon = cone.lon + Math.atan2(east, x) / degrees;
  return [((lon % 360) + 360) % 360, Math.atan2(z, Math.hypot(x, east)) / degrees];
}

export function hashOne(lon: number, lat: number): bigint {
  return kernel.hash(Float64Array.of(lon), Float64Array.of(lat))[0]!;
}

/** 1 in a full range, 0 in a partial one, undefined outside. */
export function flagOf(ranges: CellRanges, cell: bigint): number | undefined {
  const i = ranges.start.findIndex((start, i) => start <= cell && cell < ranges.end[i]!);
  return ranges.full[i];
}

/** Random positions on the sphere, sorted by cell as a partition is. */
export function catalogue(rows: number, seed: number) {
  let state = seed;
  const unit = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const positions = Array.from(
    { length: rows },
    () => [360 * unit(), Math.asin(2 * unit() - 1) / degrees] as const,
  );
  const cells = kernel.hash(
    Float64Array.from(positions, (p) => p[0]),
    Float64Array.from(positions, (p) => p[1]),
  );
  const order = [...cells.keys()].sort((a, b) => (cells[a]! < cells[b]! ? -1 : 1));
  return {
    index: BigInt64Array.from(order, (row) => cells[row]!),
    lon: Float64Array.from(order, (row) => positions[row]![0]),
    lat: Float64Array.from(order, (row) => positions[row]![1]),
  };
}

const lons = fc.oneof(
  fc.double({ min: 0, max: 360, noNaN: true }),
  fc.constantFrom(0, 1e-9, 45, 90, 180, 315, 360 - 1e-9, 360),
);
const lats = fc.oneof(
  fc.double({ min: -90, max: 90, noNaN: true }),
  fc.constantFrom(-90, -89.999999, Math.asin(-2 / 3) / degrees, 0, Math.asin(2 / 3) / degrees, 89.999999, 90),
);
const radii = fc.oneof(
  fc.double({ min: 0, max: 180, noNaN: true }),
  fc.double({ min: -10, max: Math.log10(180), noNaN: true }).map((exponent) => Math.min(180, 10 ** exponent)),
  fc.constantFrom(0, 0.0001, 90, 179.9, 180),
);
export const cones: fc.Arbitrary<Cone> = fc.record({ lon: lons, lat: lats, radius: radii });

export function rangesOf(...ranges: [start: bigint, end: bigint][]): CellRanges {
  return {
    start: BigInt64Array.from(ranges, (range) => range[0]),
    end: BigInt64Array.from(ranges, (range) => range[1]),
    full: new Uint8Array(ranges.length),
  };
}
