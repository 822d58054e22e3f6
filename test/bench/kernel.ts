import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CellRanges, Cone } from '../../engine/healpix-wasm/index.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';

export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same work on the same input by the same crate, built natively; null where there is no cargo. */
  readonly native: number | null;
}

const ROWS = 1_000_000;
const BATCH_ROWS = 10_000;
const CONES = 1000;
/** As in the row groups of a release. */
const GROUP_ROWS = 1024;

const CRATE = fileURLToPath(new URL('../../engine/healpix-wasm', import.meta.url));

/** Turns of both, so that what else the machine does slows both. */
const TURNS = 3;

/** Speed of the kernel in this Node, wrapper and copies included, beside the native build: the best of all turns. */
export async function benchKernel(): Promise<Measurement[]> {
  let best: Measurement[] = [];
  let native = new Map<string, number>();
  for (let turn = 0; turn < TURNS; turn++) {
    const natively = await nativeSpeeds();
    native = new Map([...natively].map(([name, value]) => [name, Math.max(value, native.get(name) ?? 0)]));
    best = wasmSpeeds().map((found, at) => ({
      ...found,
      name: `kernel: ${found.name}`,
      value: Math.max(found.value, best[at]?.value ?? 0),
      native: native.get(found.name) ?? null,
    }));
  }
  return best;
}

function wasmSpeeds(): Omit<Measurement, 'native'>[] {
  const kernel = loadKernel();
  const { lon, lat } = spiral(ROWS);
  const measurements: Omit<Measurement, 'native'>[] = [];
  const measure = (name: string, unit: string, count: number, work: () => unknown) =>
    measurements.push({ name, value: count / bestSeconds(work), unit });

  measure('hash to order 29', 'points/s', ROWS, () => {
    for (let row = 0; row < ROWS; row += BATCH_ROWS) {
      kernel.hash(lon.subarray(row, row + BATCH_ROWS), lat.subarray(row, row + BATCH_ROWS));
    }
  });

  for (const [name, radius] of Object.entries({ '0.5″': 0.5 / 3600, '1′': 1 / 60, '1°': 1, '20°': 20 })) {
    const cones = Array.from({ length: CONES }, (_, i) => coneAt({ lon, lat }, i * 997, radius));
    measure(`ranges of a cone of ${name}`, 'cones/s', CONES, () => {
      for (const cone of cones) kernel.coneRanges(cone);
    });
  }

  const group = rowGroup(kernel.hash);
  const index = kernel.rowIndex(group.index);
  const rows = (cone: Cone, ranges: CellRanges) =>
    kernel.coneRows(cone, group.lon, group.lat, index.candidates(cone, ranges));
  for (const [name, radius] of Object.entries({ '1′': 1 / 60, '1°': 1 })) {
    const cones = Array.from({ length: CONES }, (_, i) => coneAt(group, i, radius));
    measure(`a cone of ${name} from a row group`, 'cones/s', CONES, () => {
      for (const cone of cones) rows(cone, kernel.coneRanges(cone));
    });
  }

  const sky = {
    start: BigInt64Array.of(0n),
    end: BigInt64Array.of(12n << 58n),
    full: Uint8Array.of(0),
  };
  const filtered = {
    'no row inside': { lon: 280, lat: 20, radius: 1 },
    'every row inside': { lon: 100, lat: 20, radius: 10 },
  };
  for (const [name, cone] of Object.entries(filtered)) {
    measure(`filter, ${name}`, 'rows/s', CONES * GROUP_ROWS, () => {
      for (let i = 0; i < CONES; i++) rows(cone, sky);
    });
  }
  index.free();
  return measurements;
}

/** By name, from the crate's own bench; empty where there is no cargo, or the crate does not build. */
async function nativeSpeeds(): Promise<Map<string, number>> {
  const running = promisify(execFile)('cargo', ['run', '--release', '--quiet', '--example', 'bench'], {
    cwd: CRATE,
  });
  const stop = () => running.child.kill();
  process.once('exit', stop);
  const { stdout } = await running.catch(noSpeeds).finally(() => process.off('exit', stop));
  const lines = stdout.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => line.split('\t')).map(([name, value]) => [name!, Number(value)]));
}

function noSpeeds(error: NodeJS.ErrnoException & { stderr?: string }): { stdout: string } {
  if (error.code !== 'ENOENT') console.error(`the native kernel does not run:\n${error.stderr?.trim()}`);
  return { stdout: '' };
}

/** Positions spread evenly over the sphere. */
function spiral(rows: number): { lon: Float64Array; lat: Float64Array } {
  const golden = 180 * (3 - Math.sqrt(5));
  return {
    lon: Float64Array.from({ length: rows }, (_, i) => (i * golden) % 360),
    lat: Float64Array.from({ length: rows }, (_, i) => (Math.asin(1 - (2 * i + 1) / rows) * 180) / Math.PI),
  };
}

/** A row group in a field of 3° by 3°, ascending by cell. */
function rowGroup(hash: (lon: Float64Array, lat: Float64Array) => BigInt64Array) {
  const lon = Float64Array.from({ length: GROUP_ROWS }, (_, i) => 100 + 3 * ((i * 0.61803398875) % 1));
  const lat = Float64Array.from({ length: GROUP_ROWS }, (_, i) => 20 + (3 * i) / GROUP_ROWS);
  const cells = hash(lon, lat);
  const rows = [...cells.keys()].sort((a, b) => Number(cells[a]! - cells[b]!));
  return {
    index: BigInt64Array.from(rows, (row) => cells[row]!),
    lon: Float64Array.from(rows, (row) => lon[row]!),
    lat: Float64Array.from(rows, (row) => lat[row]!),
  };
}

function coneAt({ lon, lat }: { lon: Float64Array; lat: Float64Array }, row: number, radius: number): Cone {
  return { lon: lon[row]!, lat: lat[row]!, radius };
}

/** Best of fifteen after a warm-up: the speed of the code rather than the load of the machine. */
function bestSeconds(work: () => unknown): number {
  for (let i = 0; i < 5; i++) work();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 15; i++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}
