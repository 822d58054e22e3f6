import { setTimeout as sleep } from 'node:timers/promises';
import { ARCMIN, conePath, randomCones } from '../cones.ts';
import { randomNumbers } from '../random.ts';
import { integer, megabytes } from '../report.ts';
import type { Section } from '../section.ts';
import { type IsolateMemory, startInspectedService } from '../service.ts';
import { openConnection } from '../wire.ts';

const LIMIT = 128e6;
const CLIENTS = 8;
/** Milliseconds between two looks at the heap. */
const SAMPLING = 100;

/** Parameters of a request, and how often it comes up. */
const MIX = [
  { weight: 40, radius: ARCMIN, parameters: '' },
  { weight: 20, radius: 1, parameters: '' },
  { weight: 10, radius: 5, parameters: '&RESPONSEFORMAT=csv&VERB=3' },
  { weight: 10, radius: 5, parameters: '&RESPONSEFORMAT=json' },
  { weight: 10, radius: 20, parameters: '&SORT=separation&MAXREC=100000&RESPONSEFORMAT=votable/b2' },
  { weight: 5, radius: 60, parameters: '&MAXREC=300000&RESPONSEFORMAT=votable/b2' },
  { weight: 5, radius: 180, parameters: '&MAXREC=1000000' },
] as const;

const KINDS = MIX.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));

/** The size of an isolate while eight clients ask all kinds of things. */
export const memorySection: Section = async ({ catalog, quick, say }, report) => {
  const seconds = quick ? 5 : 30;
  say(`memory of an isolate: ${seconds} s of mixed requests`);
  const service = await startInspectedService(catalog.bucketFolder);
  try {
    const address = `${service.url}/scs/${catalog.name}`;
    const random = randomNumbers(7);
    const cones = randomCones(catalog.positions, 5000, [ARCMIN, ARCMIN]);
    const draw = (): string => {
      const cone = cones[Math.floor(random() * cones.length)]!;
      const kind = KINDS[Math.floor(random() * KINDS.length)]!;
      return conePath(address, { ...cone, radius: kind.radius }, kind.parameters);
    };
    const end = performance.now() + 1000 * seconds;
    let requests = 0;
    const client = async () => {
      const connection = await openConnection(service.url);
      while (performance.now() < end) {
        const path = draw();
        const { status } = await connection.get(path);
        if (status !== 200) throw new Error(`status ${status} from ${path}`);
        requests++;
      }
      connection.destroy();
    };
    let peak: IsolateMemory = { objects: 0, buffers: 0, wasm: 0, total: 0 };
    let resident = 0;
    let ended = false;
    const watch = async () => {
      while (!ended) {
        const memory = await service.isolate();
        if (memory.total > peak.total) peak = memory;
        resident = Math.max(resident, service.usage()?.resident ?? Number.NaN);
        await sleep(SAMPLING);
      }
    };
    const watching = watch();
    await Promise.all(Array.from({ length: CLIENTS }, client)).finally(() => (ended = true));
    await watching;
    const { total, objects, buffers, wasm } = peak;
    report({
      what: `isolate's memory, ${integer(requests)} mixed requests`,
      target: '< 128 MB',
      measured: `${megabytes(total)}: ${integer(objects / 1e6)} objects, ${integer(buffers / 1e6)} buffers, ${integer(wasm / 1e6)} wasm`,
      bare: null,
      ratio: null,
      ok: total < LIMIT,
      values: { requests, seconds, peakBytes: peak, residentBytes: resident },
    });
  } finally {
    await service.close();
  }
};
