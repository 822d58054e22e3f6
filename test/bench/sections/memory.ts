import { ARCMIN, conePath, randomCones } from '../cones.ts';
import { randomNumbers } from '../random.ts';
import { integer, megabytes } from '../report.ts';
import type { Section } from '../section.ts';
import { startInspectedService } from '../service.ts';
import { MEMORY_LIMIT, watched } from '../watched-memory.ts';
import { openConnection } from '../wire.ts';

const CLIENTS = 8;
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
    const cones = randomCones(catalog.positions, 5000, [ARCMIN, ARCMIN], 'both');
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
    // Memories of WebAssembly are there from the first request on.
    const first = await openConnection(service.url);
    await first.get(draw());
    first.destroy();
    const clients = () => Promise.all(Array.from({ length: CLIENTS }, client));
    const { start, peak, held } = await watched(service.isolate, clients);
    const resident = service.usage()?.peak ?? null;
    const { total, objects, buffers, wasm } = peak;
    report({
      what: 'memory of the isolate at most, mixed requests',
      target: '< 128 MB',
      measured: `${megabytes(total)}: ${integer(objects / 1e6)} objects, ${integer(buffers / 1e6)} buffers, ${integer(wasm / 1e6)} wasm`,
      bare: `${megabytes(held.total)} once garbage is collected; ${integer(requests)} requests`,
      ratio: null,
      ok: total < MEMORY_LIMIT,
      values: {
        requests,
        seconds,
        firstBytes: start,
        peakBytes: peak,
        heldBytes: held,
        peakResidentBytes: resident,
      },
    });
    if (resident === null) return;
    report({
      what: '  resident memory of workerd at most',
      target: null,
      measured: megabytes(resident),
      bare: null,
      ratio: null,
      ok: null,
      values: { peakResidentBytes: resident },
    });
  } finally {
    await service.close();
  }
};
