import type { Cone, RowSpans } from '../../engine/healpix-wasm/index.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';

export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const ROWS = 1_000_000;
const CONES = 1000;

/** Speed of the kernel in this Node, wrapper and copies included; `cargo run --release --example bench` is the native one. */
export async function benchKernel(): Promise<Measurement[]> {
  const kernel = loadKernel();
  const { lon, lat } = spiral(ROWS);
  const measurements: Measurement[] = [];
  const measure = (name: string, unit: string, count: number, work: () => unknown) =>
    measurements.push({ name, value: count / bestSeconds(work), unit });

  measure('kernel: hash to order 29', 'points/s', ROWS, () => kernel.hash(lon, lat));

  const radii = { '0.5″': 0.5 / 3600, '1′': 1 / 60, '1°': 1, '20°': 20 };
  for (const [name, radius] of Object.entries(radii)) {
    const cones = conesOf(lon, lat, radius);
    measure(`kernel: ranges of a cone of ${name}`, 'cones/s', CONES, () => cones.map(kernel.coneRanges));
  }

  const index = kernel.hash(lon, lat).sort().subarray(0, 5000);
  const covers = conesOf(lon, lat, 1).map(kernel.coneRanges);
  measure('kernel: rows of 5,000 in the ranges of 1°', 'covers/s', CONES, () =>
    covers.map((ranges) => kernel.rowsInRanges(index, ranges)),
  );

  const all: RowSpans = { start: Uint32Array.of(0), end: Uint32Array.of(ROWS), full: Uint8Array.of(0) };
  for (const [name, radius] of Object.entries({ 'no row inside': 0.001, 'every row inside': 180 })) {
    measure(`kernel: filter, ${name}`, 'rows/s', ROWS, () =>
      kernel.coneFilter(lon, lat, all, { lon: 10, lat: 20, radius }),
    );
  }
  return measurements;
}

/** Positions spread evenly over the sphere. */
function spiral(rows: number): { lon: Float64Array; lat: Float64Array } {
  const golden = 180 * (3 - Math.sqrt(5));
  return {
    lon: Float64Array.from({ length: rows }, (_, i) => (i * golden) % 360),
    lat: Float64Array.from({ length: rows }, (_, i) => (Math.asin(1 - (2 * i + 1) / rows) * 180) / Math.PI),
  };
}

function conesOf(lon: Float64Array, lat: Float64Array, radius: number): Cone[] {
  return Array.from({ length: CONES }, (_, i) => ({ lon: lon[i * 997]!, lat: lat[i * 997]!, radius }));
}

/** Best of fifteen after a warm-up: the speed of the code rather than the load of the machine. */
function bestSeconds(work: () => unknown): number {
  work();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 15; i++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}
