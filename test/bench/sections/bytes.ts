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
 * engine for each cone; pointer and manifest, which an isolate reads once, are counted apart.
 */
export const bytesSection: Section = async ({ catalog, quick, say }, report) => {
  const count = quick ? 50 : 400;
  say(`bytes read by ${count} cold cones`);
  const rows: Reads[] = [];
  const before: Reads[] = [];
  for (const cone of randomCones(catalog.positions, count, [ARCMIN, ARCMIN])) {
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
  const bytes = rows.map((read) => read.bytes).sort((a, b) => a - b);
  const reads = rows.map((read) => read.reads).sort((a, b) => a - b);
  const within = rows.filter((read) => read.bytes <= LIMITS.bytes && read.reads <= LIMITS.reads).length;
  report({
    what: 'read from the bucket by a cold 1′ cone',
    target: '≤ 512 kB, ≤ 2 reads, every one',
    measured: `${kilobytes(quantile(bytes, 0.5))}, ${quantile(reads, 0.5)} reads; at most ${kilobytes(bytes.at(-1)!)}, ${reads.at(-1)} reads`,
    bare: null,
    ratio: null,
    ok: within === rows.length,
    values: {
      cones: count,
      within,
      medianBytes: quantile(bytes, 0.5),
      largestBytes: bytes.at(-1),
      medianReads: quantile(reads, 0.5),
      mostReads: reads.at(-1),
    },
  });
  const [first] = before;
  report({
    what: '  before it, once for an isolate: manifest',
    target: null,
    measured: `${kilobytes(first!.bytes)}, ${first!.reads} reads`,
    bare: null,
    ratio: null,
    ok: null,
    values: { ...first },
  });
};

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
