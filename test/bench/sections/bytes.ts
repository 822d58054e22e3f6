import { folderStorage } from '../../../engine/storage/folder.ts';
import type { Storage } from '../../../engine/storage/storage.ts';
import { appOver } from '../../app.ts';
import { ARCMIN, conePath, randomCones } from '../cones.ts';
import { quantile } from '../load.ts';
import { kilobytes } from '../report.ts';
import type { Section } from '../section.ts';

const LIMITS = { bytes: 512_000, reads: 2 };

interface Reads {
  reads: number;
  bytes: number;
}

/**
 * What a 1′ cone reads with nothing in the caches: the service's own code, in this process, over a storage that counts. A new
 * engine for each cone; pointer, manifest and the leaf of its index, which an isolate keeps, are counted apart.
 */
export const bytesSection: Section = async ({ catalog, quick, say }, report) => {
  const count = quick ? 50 : 400;
  say(`bytes read by ${count} cold cones`);
  const rows: Reads[] = [];
  const before: Reads[] = [];
  for (const cone of randomCones(catalog.positions, count, [ARCMIN, ARCMIN], 'both')) {
    const data = { reads: 0, bytes: 0 };
    const catalogue = { reads: 0, bytes: 0 };
    const storage = counted(folderStorage(catalog.bucketFolder), (key, bytes) => {
      const counter = key.includes('/dataset/') ? data : catalogue;
      counter.reads++;
      counter.bytes += bytes;
    });
    const path = conePath(`http://service/scs/${catalog.name}`, cone);
    const response = await appOver(storage).request(path);
    if (!response.ok) throw new Error(`status ${response.status} from ${path}`);
    await response.arrayBuffer();
    rows.push(data);
    before.push(catalogue);
  }
  const [bytes, reads] = [distributionOf(rows, 'bytes'), distributionOf(rows, 'reads')];
  const shareAbove = (what: keyof Reads) =>
    rows.filter((row) => row[what] > LIMITS[what]).length / rows.length;
  report({
    what: 'bytes read from the bucket by a cold 1′ cone',
    target: '≤ 512 kB, every one',
    measured: `median ${kilobytes(bytes.median)}, p99 ${kilobytes(bytes.p99)}, max ${kilobytes(bytes.max)}`,
    bare: null,
    ratio: null,
    ok: bytes.max <= LIMITS.bytes,
    values: { cones: count, bytes, shareAbove: shareAbove('bytes') },
  });
  report({
    what: 'range reads of a cold 1′ cone',
    target: '≤ 2 after the manifest, every one',
    measured: `median ${reads.median}, p99 ${reads.p99}, max ${reads.max}; above 2: ${(100 * shareAbove('reads')).toFixed(1)} %`,
    bare: null,
    ratio: null,
    ok: reads.max <= LIMITS.reads,
    values: { cones: count, reads, shareAbove: shareAbove('reads') },
  });
  const [indexBytes, indexReads] = [distributionOf(before, 'bytes'), distributionOf(before, 'reads')];
  report({
    what: '  before them, kept by an isolate: pointer, manifest, leaf',
    target: null,
    measured: `median ${kilobytes(indexBytes.median)}, ${indexReads.median} reads; max ${kilobytes(indexBytes.max)}, ${indexReads.max} reads`,
    bare: null,
    ratio: null,
    ok: null,
    values: { bytes: indexBytes, reads: indexReads },
  });
};

function distributionOf(rows: readonly Reads[], what: keyof Reads) {
  const sorted = rows.map((row) => row[what]).sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1)! };
}

function counted(storage: Storage, count: (key: string, bytes: number) => void): Storage {
  return {
    ...storage,
    async get(key, range) {
      const bytes = await storage.get(key, range);
      count(key, bytes?.length ?? 0);
      return bytes;
    },
  };
}
