import { terminalProgress } from '../../../cli/terminal/progress.ts';
import { folderStorage } from '../../../engine/storage/folder.ts';
import { appOver } from '../../app.ts';
import { cachedBucket } from '../../release-cache.ts';
import { startBareAnswer } from '../bare.ts';
import { loadGeneratedImages } from '../generated-images.ts';
import { compare, figures, quantile, ratioOf, type Subject } from '../load.ts';
import { randomNumbers } from '../random.ts';
import { kilobytes, megabytes } from '../report.ts';
import type { Report } from '../section.ts';
import { startInspectedService, startService } from '../service.ts';
import { openConnection } from '../wire.ts';

const IMAGES = { all: 1_000_000, quick: 50_000 };
const SOURCES = [
  'package-lock.json',
  'catalog-export/{hats,release}/**/*',
  'engine/{catalog,footprints}/*.ts',
  'test/bench/generated-images.ts',
];

/** Milliseconds. */
const LIMIT = 5;
const MEMORY_LIMIT = 128e6;
const SEARCHES = 4000;
const COLD = { all: 200, quick: 25 };
const ROUNDS = 5;
const CLIENTS = 4;

/** What is asked beside the position, a 1′ circle anywhere. */
const KINDS = [
  { label: 'images that overlap a 1′ circle', more: '' },
  { label: 'the same in a band and a time', more: '&BAND=5e-7&TIME=52000+53000' },
  { label: 'the same, columns only', more: '&MAXREC=0' },
] as const;

export interface SiaContext {
  readonly say: (line: string) => void;
  readonly quick: boolean;
  /** Of load for each line. */
  readonly seconds: number;
  /** Rejects where the making of the images is to be given up. */
  readonly stopped: Promise<never>;
}

/** Searches by SIA 2.0 among generated images of all sizes. */
export async function siaSection(
  { say, quick, seconds, stopped }: SiaContext,
  report: Report,
): Promise<void> {
  const count = quick ? IMAGES.quick : IMAGES.all;
  say(`${count} images`);
  const progress = terminalProgress();
  const bucketFolder = await cachedBucket({
    name: `bench-images-${count}`,
    sources: SOURCES,
    load: (client) => loadGeneratedImages(client, count, progress),
    progress,
    stopped,
  });
  const positions = searchPaths(SEARCHES);
  await latencies(bucketFolder, positions, seconds, say, report);
  await coldReads(bucketFolder, positions.slice(0, quick ? COLD.quick : COLD.all), say, report);
  await memory(bucketFolder, positions, quick ? 5 : 20, say, report);
}

function searchPaths(count: number): string[] {
  const random = randomNumbers(11);
  return Array.from({ length: count }, () => {
    const lat = (Math.asin(2 * random() - 1) * 180) / Math.PI;
    return `/sia2/query?POS=CIRCLE+${(360 * random()).toFixed(5)}+${lat.toFixed(5)}+0.0167`;
  });
}

async function latencies(
  bucketFolder: string,
  positions: readonly string[],
  seconds: number,
  say: SiaContext['say'],
  report: Report,
): Promise<void> {
  const service = await startService(bucketFolder);
  try {
    for (const { label, more } of KINDS) {
      say(label);
      const paths = positions.map((path) => path + more);
      const sample = await openConnection(service.url);
      const sizes: number[] = [];
      for (const path of paths.slice(0, 100)) sizes.push((await sample.get(path)).bytes);
      sample.destroy();
      const bytes = quantile(
        sizes.toSorted((a, b) => a - b),
        0.5,
      );
      const bare = await startBareAnswer(bytes);
      try {
        const subjects: Subject[] = [
          { name: 'bare', url: bare.url, keepAlive: true, paths: ['/'], cpu: () => null },
          { name: 'almagest', url: service.url, keepAlive: true, paths, cpu: () => null },
        ];
        const options = { connections: 1, seconds, warmUp: 2, rounds: ROUNDS };
        const [constant, ours] = await compare(subjects, options);
        const ratio = ratioOf(ours!, constant!, ({ p50 }) => p50);
        report({
          what: `SIA: ${label}`,
          target: `p50 ≤ ${LIMIT} ms`,
          measured: figures(ours!),
          bare: figures(constant!),
          ratio: ratio.median,
          spread: [ratio.least, ratio.greatest],
          ok: ours!.p50 <= LIMIT,
          values: { bare: constant, almagest: ours, medianBytes: bytes },
        });
      } finally {
        await bare.close();
      }
    }
  } finally {
    await service.close();
  }
}

/** A new engine for each search; pointer and manifest, which an isolate keeps, are not counted. */
async function coldReads(
  bucketFolder: string,
  positions: readonly string[],
  say: SiaContext['say'],
  report: Report,
): Promise<void> {
  say(`bytes read by ${positions.length} cold searches`);
  const found: { reads: number; bytes: number }[] = [];
  for (const path of positions) {
    const total = { reads: 0, bytes: 0 };
    const disk = folderStorage(bucketFolder);
    const app = appOver({
      ...disk,
      async get(key, range) {
        const bytes = await disk.get(key, range);
        if (!key.endsWith('.json')) {
          total.reads++;
          total.bytes += bytes?.length ?? 0;
        }
        return bytes;
      },
    });
    const response = await app.request(`http://service${path}`);
    if (!response.ok) throw new Error(`status ${response.status} from ${path}`);
    await response.arrayBuffer();
    found.push(total);
  }
  const spread = (what: 'reads' | 'bytes') => {
    const sorted = found.map((one) => one[what]).sort((a, b) => a - b);
    return { median: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
  };
  const [reads, bytes] = [spread('reads'), spread('bytes')];
  report({
    what: 'SIA: read from the bucket by a cold search',
    target: null,
    measured: `median ${kilobytes(bytes.median)} in ${reads.median} reads, p99 ${kilobytes(bytes.p99)} in ${reads.p99}`,
    bare: null,
    ratio: null,
    ok: null,
    values: { searches: positions.length, reads, bytes },
  });
}

async function memory(
  bucketFolder: string,
  positions: readonly string[],
  seconds: number,
  say: SiaContext['say'],
  report: Report,
): Promise<void> {
  say(`memory of an isolate: ${seconds} s of searches`);
  const service = await startInspectedService(bucketFolder);
  try {
    const end = performance.now() + 1000 * seconds;
    let next = 0;
    let most = 0;
    const client = async () => {
      const connection = await openConnection(service.url);
      while (performance.now() < end) await connection.get(positions[next++ % positions.length]!);
      connection.destroy();
    };
    const clients = Promise.all(Array.from({ length: CLIENTS }, client));
    while (performance.now() < end) most = Math.max(most, (await service.isolate.memory()).total);
    await clients;
    report({
      what: 'SIA: memory of the isolate at most',
      target: '< 128 MB',
      measured: `${megabytes(most)}, ${next} searches`,
      bare: null,
      ratio: null,
      ok: most < MEMORY_LIMIT,
      values: { peakBytes: most, searches: next, seconds },
    });
  } finally {
    await service.close();
  }
}
