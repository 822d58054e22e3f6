import { freePort } from '../../cli/postgres/server.ts';
import type { Bundle } from '../../cli/service/bundle.ts';
import { startWorkerd, type WorkerdOptions } from '../../cli/service/workerd.ts';
import type { WorkerName } from '../../cli/service/wrangler.ts';
import { testBundle } from '../service.ts';
import { type Heap, openHeap } from './heap.ts';
import { type Usage, workerdUsage } from './process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A workerd that is measured. */
export interface MeasuredService {
  /** Without a trailing slash. */
  readonly url: string;
  /** Null where there is no /proc. */
  usage(): Usage | null;
  close(): Promise<void>;
}

export interface InspectedService extends MeasuredService {
  readonly isolate: Pick<Heap, 'memory' | 'held'>;
}

export type MeasuredOptions = Omit<WorkerdOptions, 'runFolder'>;

/** Lets a cone cover the sky, so that every row of a catalogue can be had at once. */
const WIDE = { MAX_RADIUS: '180' };

/** Bare workerd, as `npm start` runs it. */
export async function startService(
  bucketFolder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<MeasuredService> {
  return measured(await optionsFor(bucketFolder, variables));
}

/** The same with V8's inspector, which tells the memory of the isolate. */
export function startInspectedService(bucketFolder: string): Promise<InspectedService> {
  return startInspectedWorker('edge', bucketFolder);
}

/** A worker by itself, with V8's inspector. */
export async function startInspectedWorker(
  worker: WorkerName,
  bucketFolder: string,
): Promise<InspectedService> {
  const port = await freePort();
  const service = await measured({
    ...(await optionsFor(bucketFolder, {}, worker)),
    flags: [`--inspector-addr=127.0.0.1:${port}`],
  });
  const heap = await openHeap(port);
  return {
    ...service,
    isolate: heap,
    close: async () => {
      await heap.close();
      await service.close();
    },
  };
}

async function optionsFor(
  bucketFolder: string,
  variables: Readonly<Record<string, string>>,
  worker: WorkerName = 'edge',
): Promise<MeasuredOptions> {
  return {
    bundle: await testBundle(worker),
    bucketFolder,
    listen: { host: '127.0.0.1', port: 0 },
    variables: { ...WIDE, ...variables },
    log: (line) => console.error(line),
  };
}

export async function measured(options: MeasuredOptions): Promise<MeasuredService> {
  const runFolder = await temporaryFolder('run');
  const workerd = await startWorkerd({ ...options, runFolder });
  return {
    url: `http://127.0.0.1:${workerd.port}`,
    usage: () => workerdUsage(workerd.pid),
    close: workerd.close,
  };
}

/** A worker that is one file, `worker.js` in a folder. */
export function plainBundle(folder: string): Bundle {
  return {
    worker: 'edge',
    folder,
    modules: ['worker.js'],
    compatibilityDate: '2026-10-20',
    compatibilityFlags: [],
    durableObjects: [],
    variables: {},
    output: '',
    built: true,
  };
}
