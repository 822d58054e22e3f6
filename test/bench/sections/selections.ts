import { randomNumbers } from '../random.ts';
import { integer, megabytes } from '../report.ts';
import type { Section } from '../section.ts';
import { startInspectedService } from '../service.ts';
import { MEMORY_LIMIT, watched } from '../watched-memory.ts';

const CLIENTS = 16;
/** Bits of an order-29 cell below its order-13 cell, of 26″: as finely as LSDB's regions are filtered. */
const FINE_BITS = 32n;

/** The size of an isolate while sixteen clients read columns and rows of its files as LSDB and pyarrow do: whole, and their size and end first. */
export const selectionsSection: Section = async ({ catalog, quick, say }, report) => {
  const seconds = quick ? 5 : 30;
  say(`memory of an isolate: ${seconds} s of selections`);
  const service = await startInspectedService(catalog.bucketFolder);
  try {
    const list = await fetch(`${service.url}/bulk/${catalog.name}/latest/parquet.txt`);
    const files = (await list.text()).trim().split('\n');
    const random = randomNumbers(11);
    const columns = ['_healpix_29', catalog.magnitude];
    const draw = (): string => {
      const file = files[Math.floor(random() * files.length)]!;
      const query = new URLSearchParams();
      const kind = random();
      // All rows of some columns, all columns of some rows, some of both.
      if (kind < 0.7) query.set('columns', columns.join(','));
      if (kind > 0.4) query.set('filters', cellsOf(file, random));
      return `${file}?${query}`;
    };
    const end = performance.now() + 1000 * seconds;
    let requests = 0;
    let bytes = 0;
    const ask = async (url: string, init: RequestInit = {}) => {
      const response = await fetch(url, init);
      if (!response.ok) throw new Error(`status ${response.status} from ${url}`);
      for await (const piece of response.body ?? []) bytes += piece.length;
      requests++;
      return response;
    };
    const client = async () => {
      while (performance.now() < end) {
        const url = draw();
        if (random() < 0.5) await ask(url);
        else {
          const size = Number((await ask(url, { method: 'HEAD' })).headers.get('content-length'));
          await ask(url, { headers: { Range: `bytes=${Math.max(0, size - 65_536)}-${size - 1}` } });
          await ask(url, { headers: { Range: `bytes=0-${size - 1}` } });
        }
      }
    };
    await ask(draw());
    const clients = () => Promise.all(Array.from({ length: CLIENTS }, client));
    const { start, peak, held } = await watched(service.isolate, clients);
    const { total, objects, buffers, wasm } = peak;
    report({
      what: `memory of the isolate at most, ${CLIENTS} readers of selections`,
      target: '< 128 MB',
      measured: `${megabytes(total)}: ${integer(objects / 1e6)} objects, ${integer(buffers / 1e6)} buffers, ${integer(wasm / 1e6)} wasm`,
      bare: `${megabytes(held.total)} once garbage is collected; ${integer(requests)} requests, ${megabytes(bytes)}`,
      ratio: null,
      ok: total < MEMORY_LIMIT,
      values: { requests, bytes, seconds, firstBytes: start, peakBytes: peak, heldBytes: held },
    });
  } finally {
    await service.close();
  }
};

/** A filter on a sixteenth to all of the cells of a partition. */
function cellsOf(file: string, random: () => number): string {
  const [, order, pixel] = /Norder=(\d+)\/Dir=\d+\/Npix=(\d+)/.exec(file)!;
  const width = 1n << BigInt(2 * (29 - Number(order)));
  const first = BigInt(pixel!) * width;
  const [from, to] = [random(), random()]
    .sort((a, b) => a - b)
    .map((part) => BigInt(Math.floor(part * 2 ** 20)));
  const at = (part: bigint) => ((first + (width * part) / 2n ** 20n) >> FINE_BITS) << FINE_BITS;
  return `_healpix_29>=${at(from!)},_healpix_29<${at(to!) + (1n << FINE_BITS)}`;
}
