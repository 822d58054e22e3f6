import { createSodaApp } from '../../../edge/soda/app.ts';
import { readSodaSettings } from '../../../edge/soda/settings.ts';
import { loadFitsKernel } from '../../../engine/fits-wasm/node.ts';
import { loadKernel } from '../../../engine/healpix-wasm/node.ts';
import { folderStorage } from '../../../engine/storage/folder.ts';
import type { Storage } from '../../../engine/storage/storage.ts';
import { quantile } from '../load.ts';
import { type BenchPlate, compressedPlate, PLATE_CENTER, PLATE_SIDE, plainPlate } from '../plates.ts';
import { randomNumbers } from '../random.ts';
import { kilobytes, megabytes } from '../report.ts';
import type { Report } from '../section.ts';
import { startInspectedWorker } from '../service.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { watched } from '../watched-memory.ts';
import { type Connection, type Exchange, openConnection } from '../wire.ts';

/** Arcseconds: the side of a cutout. */
const SIDE = 512;
/** Degrees from the middle of a plate within which cutouts are asked for. */
const REACH = 0.6;
/** Share of the file's bytes. */
const SHARES = { plain: 0.04, compressed: 0.01 };
/** Milliseconds to the first byte. */
const FIRST_BYTE = 100;
/** Isolates whose first request is timed. */
const STARTS = 5;
const MEMORY = 64e6;
/** Bytes of the large cutouts, just below what one may have. */
const LARGE = 2.5e8;
const CLIENTS = 4;

export interface SodaContext {
  readonly say: (line: string) => void;
  readonly quick: boolean;
}

/** Cutouts of 512″ from plates of a gigabyte: what they read, when they start, and what memory they take. */
export async function sodaSection({ say, quick }: SodaContext, report: Report): Promise<void> {
  say('plates of a gigabyte');
  const bucketFolder = await temporaryFolder('plates');
  const plates = { plain: await plainPlate(bucketFolder), compressed: await compressedPlate(bucketFolder) };
  const count = quick ? 10 : 50;
  for (const [kind, plate] of Object.entries(plates) as [keyof typeof SHARES, BenchPlate][]) {
    say(`bytes read by ${count} cutouts of the ${kind} plate`);
    await readBytes(bucketFolder, kind, plate, count, report);
  }
  for (const [kind, plate] of Object.entries(plates) as [keyof typeof SHARES, BenchPlate][]) {
    say(`first bytes of cutouts of the ${kind} plate`);
    await firstBytes(bucketFolder, kind, plate, count, report);
  }
  await memory(bucketFolder, plates, quick ? 5 : 20, say, report);
}

/** Addresses of cutouts around random places near the middle of a plate. */
function cutouts({ did }: BenchPlate, count: number, seed: number): string[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => {
    const lon = PLATE_CENTER.lon + REACH * (2 * random() - 1);
    const lat = PLATE_CENTER.lat + REACH * (2 * random() - 1);
    const circle = `${lon.toFixed(6)} ${lat.toFixed(6)} ${SIDE / 2 / 3600}`;
    return `/soda/sync?${new URLSearchParams({ ID: did, CIRCLE: circle })}`;
  });
}

async function readBytes(
  bucketFolder: string,
  kind: keyof typeof SHARES,
  plate: BenchPlate,
  count: number,
  report: Report,
): Promise<void> {
  const bytes: number[] = [];
  const reads: number[] = [];
  for (const path of cutouts(plate, count, 3)) {
    let [sum, number] = [0, 0];
    const disk = folderStorage(bucketFolder);
    const storage: Storage = {
      ...disk,
      async get(key, range) {
        const read = await disk.get(key, range);
        if (key === plate.key) {
          sum += read!.length;
          number++;
        }
        return read;
      },
    };
    const app = createSodaApp({
      storage,
      kernel: loadKernel(),
      fits: loadFitsKernel(),
      ...readSodaSettings({}),
    });
    const response = await app.request(path);
    if (response.status !== 200) throw new Error(`status ${response.status} from ${path}`);
    await response.arrayBuffer();
    bytes.push(sum);
    reads.push(number);
  }
  const most = Math.max(...bytes);
  const share = most / plate.bytes;
  report({
    what: `${SIDE}″ cutout, ${kind} plate of ${megabytes(plate.bytes)}: read`,
    target: `≤ ${100 * SHARES[kind]} % of its bytes, every one`,
    measured: `at most ${(100 * share).toFixed(2)} %, ${kilobytes(most)} in ${Math.max(...reads)} reads`,
    bare: null,
    ratio: null,
    ok: share <= SHARES[kind],
    values: { cutouts: count, bytes, reads, fileBytes: plate.bytes },
  });
}

async function firstBytes(
  bucketFolder: string,
  kind: keyof typeof SHARES,
  plate: BenchPlate,
  count: number,
  report: Report,
): Promise<void> {
  const cold: number[] = [];
  const warm: Exchange[] = [];
  const [path, ...paths] = cutouts(plate, count, 4) as [string, ...string[]];
  for (let start = 0; start < STARTS; start++) {
    const service = await startInspectedWorker('soda', bucketFolder);
    try {
      const connection = await openConnection(service.url);
      cold.push((await fetched(connection, path)).firstByte);
      if (start === 0) for (const other of paths) warm.push(await fetched(connection, other));
      connection.destroy();
    } finally {
      await service.close();
    }
  }
  const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
  const first = sorted(warm.map(({ firstByte }) => firstByte));
  const whole = sorted(warm.map((exchange) => exchange.whole));
  const ofCold = quantile(sorted(cold), 0.5);
  const median = quantile(first, 0.5);
  report({
    what: `${SIDE}″ cutout, ${kind} plate: first byte`,
    target: `≤ ${FIRST_BYTE} ms, of a cold isolate too`,
    measured: `p50 ${median.toFixed(1)} ms, p99 ${quantile(first, 0.99).toFixed(1)} ms; cold ${ofCold.toFixed(1)} ms, median of ${STARTS}`,
    bare: `all of it: p50 ${quantile(whole, 0.5).toFixed(1)} ms`,
    ratio: null,
    ok: median <= FIRST_BYTE && ofCold <= FIRST_BYTE,
    values: { cold, warm },
  });
}

async function fetched(connection: Connection, path: string): Promise<Exchange> {
  const exchange = await connection.get(path);
  if (exchange.status !== 200) throw new Error(`status ${exchange.status} from ${path}`);
  return exchange;
}

/** While some clients take cutouts of all sizes. */
async function memory(
  bucketFolder: string,
  plates: Readonly<Record<keyof typeof SHARES, BenchPlate>>,
  seconds: number,
  say: SodaContext['say'],
  report: Report,
): Promise<void> {
  say(`memory of an isolate: ${seconds} s of cutouts`);
  const service = await startInspectedWorker('soda', bucketFolder);
  try {
    const rows = Math.floor(LARGE / 2 / PLATE_SIDE);
    const large = `/soda/sync?${new URLSearchParams({ ID: plates.plain.did, SECTION: `*,1:${rows}` })}`;
    const paths = [large, ...cutouts(plates.plain, 20, 5), ...cutouts(plates.compressed, 20, 6)];
    const end = performance.now() + 1000 * seconds;
    let requests = 0;
    const client = async (from: number) => {
      const connection = await openConnection(service.url);
      for (let at = from; performance.now() < end; at++) {
        await fetched(connection, paths[at % paths.length]!);
        requests++;
      }
      connection.destroy();
    };
    const first = await openConnection(service.url);
    await first.get(paths[1]!);
    first.destroy();
    const { peak, held } = await watched(service.isolate, () =>
      Promise.all(Array.from({ length: CLIENTS }, (_, at) => client(at * 10))),
    );
    const { total, objects, buffers, wasm } = peak;
    report({
      what: `memory of the isolate at most, ${CLIENTS} clients, cutouts up to ${megabytes(LARGE)}`,
      target: '< 64 MB',
      measured: `${megabytes(total)}: ${megabytes(objects)} objects, ${megabytes(buffers)} buffers, ${megabytes(wasm)} wasm`,
      bare: `${megabytes(held.total)} once garbage is collected; ${requests} requests`,
      ratio: null,
      ok: total < MEMORY,
      values: { requests, seconds, peakBytes: peak },
    });
  } finally {
    await service.close();
  }
}
