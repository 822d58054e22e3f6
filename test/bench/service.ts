import { startWorkerd, type WorkerdOptions } from '../../cli/service/workerd.ts';
import { freePort } from '../almagest.ts';
import { testBundle } from '../service.ts';
import { openHeap } from './heap.ts';
import { type Usage, wasmMemory, workerdUsage } from './process.ts';

/** A workerd that is measured. */
export interface MeasuredService {
  /** Without a trailing slash. */
  readonly url: string;
  /** Null where there is no /proc. */
  usage(): Usage | null;
  /** Bytes of its WebAssembly memories; null where there is no /proc. */
  wasm(): number | null;
  close(): Promise<void>;
}

/** What counts against the 128 MB of an isolate on Cloudflare, bytes. */
export interface IsolateMemory {
  /** JavaScript objects. */
  readonly objects: number;
  /** Contents of array buffers. */
  readonly buffers: number;
  /** WebAssembly memories; 0 where there is no /proc to tell. */
  readonly wasm: number;
  readonly total: number;
}

export interface InspectedService extends MeasuredService {
  isolate(): Promise<IsolateMemory>;
}

/** Lets a cone cover the sky, so that every row of a catalogue can be had at once. */
const WIDE = { MAX_RADIUS: '180' };

/** Bare workerd, as `npm start` runs it. */
export async function startService(
  bucketFolder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<MeasuredService> {
  return measured(await optionsFor(bucketFolder, variables));
}

/** The same with V8's inspector, which tells the size of the heap. */
export async function startInspectedService(bucketFolder: string): Promise<InspectedService> {
  const port = await freePort();
  const service = await measured({
    ...(await optionsFor(bucketFolder, {})),
    flags: [`--inspector-addr=127.0.0.1:${port}`],
  });
  const heap = await openHeap(port);
  return {
    ...service,
    async isolate() {
      const { objects, buffers } = await heap.usage();
      const wasm = service.wasm() ?? 0;
      return { objects, buffers, wasm, total: objects + buffers + wasm };
    },
    close: async () => {
      heap.close();
      await service.close();
    },
  };
}

async function optionsFor(
  bucketFolder: string,
  variables: Readonly<Record<string, string>>,
): Promise<WorkerdOptions> {
  return {
    bundle: await testBundle(),
    bucketFolder,
    host: '127.0.0.1',
    port: 0,
    variables: { ...WIDE, ...variables },
    log: (line) => console.error(line),
  };
}

export async function measured(options: WorkerdOptions): Promise<MeasuredService> {
  const workerd = await startWorkerd(options);
  return {
    url: `http://127.0.0.1:${workerd.port}`,
    usage: () => workerdUsage(workerd.pid),
    wasm: () => wasmMemory(workerd.pid),
    close: workerd.close,
  };
}
