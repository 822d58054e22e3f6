import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isAlive } from '../postgres/process.ts';
import type { ReaderAccess } from '../postgres/reader.ts';
import type { Bundle, Bundles } from './bundle.ts';
import { type SupervisedWorkerd, superviseWorkerd } from './supervise.ts';
import { socketOf, type WorkerdOptions } from './workerd.ts';
import type { WorkerName } from './wrangler.ts';

export interface WorkersOptions {
  /** The edge's, and those of the others that are to run. */
  readonly bundles: Pick<Bundles, 'edge'> & Partial<Bundles>;
  readonly dataFolder: string;
  readonly bucketFolder: string;
  /** Of the queue of jobs and their results. */
  readonly jobsFolder: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** PostgreSQL as TAP's reader; null: TAP answers at the edge only. */
  readonly database: ReaderAccess | null;
  /** Text variables that differ from those in the wrangler.toml of the worker that has them. */
  readonly variables: Readonly<Record<string, string>>;
  /** Gets each line that a worker prints, and what became of one that ended. */
  readonly log: (line: string) => void;
}

/** The service's workers, each in a process of its own that is started again when it ends. */
export interface RunningWorkers {
  readonly port: number;
  /** The process group of a worker; null where it does not run. */
  pid(worker: WorkerName): number | null;
  /** Gives TAP PostgreSQL where it is now. Where that is another address its worker is started again. */
  useDatabase(database: ReaderAccess | null): Promise<void>;
  /** Settles when the edge worker ended too often, with what happened; never after `close`. */
  readonly failed: Promise<string>;
  close(): Promise<void>;
}

const TITLES: Readonly<Record<WorkerName, string>> = {
  edge: 'the service',
  tap: 'the TAP worker',
  duckdb: "DuckDB's worker",
  soda: 'the SODA worker',
  jobs: 'the worker of jobs',
};

/** A long query must leave the processor to cones. */
const QUERY_NICENESS = 5;

/**
 * Starts the workers and keeps them running. Only the edge listens on a port; they reach one another by sockets in a folder that nobody
 * else can enter.
 * @throws Error when one of them does not start the first time.
 */
export async function startWorkers(options: WorkersOptions): Promise<RunningWorkers> {
  const { bundles, host, port, database } = options;
  const runFolder = await makeRunFolder(options.dataFolder);
  const { bucketFolder, log } = options;

  const start = (bundle: Bundle, special: Partial<WorkerdOptions>) => {
    const title = TITLES[bundle.worker];
    const variables = variablesOf(bundle, options.variables);
    const network = networkOf({ ...bundle.variables, ...variables });
    const shared = { bundle, bucketFolder, runFolder, log, variables, title, network, listen: null };
    return superviseWorkerd({ ...shared, vital: bundle.worker === 'edge', ...special });
  };
  const starting: Partial<Record<WorkerName, Promise<SupervisedWorkerd>>> = {
    edge: start(bundles.edge, {
      listen: { host, port },
      services: bindings({ TAP: bundles.tap, SODA: bundles.soda, JOBS: bundles.jobs }),
    }),
  };
  if (bundles.tap) {
    const services = bindings({ DUCKDB: bundles.duckdb });
    starting.tap = start(bundles.tap, { services, database, niceness: QUERY_NICENESS });
  }
  if (bundles.duckdb) starting.duckdb = start(bundles.duckdb, { niceness: QUERY_NICENESS });
  if (bundles.soda) starting.soda = start(bundles.soda, { niceness: QUERY_NICENESS });
  if (bundles.jobs) {
    const folders = { RESULTS: join(options.jobsFolder, 'results') };
    const stateFolder = join(options.jobsFolder, 'state');
    for (const folder of [...Object.values(folders), stateFolder]) await mkdir(folder, { recursive: true });
    const services = bindings({ TAP: bundles.tap, SODA: bundles.soda });
    starting.jobs = start(bundles.jobs, { services, folders, stateFolder, niceness: QUERY_NICENESS });
  }

  const started = new Map<string, SupervisedWorkerd>();
  const outcomes = await Promise.allSettled(
    Object.entries(starting).map(async ([worker, supervised]) => started.set(worker, await supervised)),
  );
  const close = async () => {
    await Promise.all([...started.values()].map((worker) => worker.close()));
    await rm(runFolder, { recursive: true, force: true });
  };
  const fault = outcomes.find((outcome) => outcome.status === 'rejected');
  if (fault) {
    await close();
    throw fault.reason;
  }
  const edge = started.get('edge')!;
  let known = database;
  return {
    port: edge.port,
    pid: (worker) => started.get(worker)?.pid() ?? null,
    useDatabase: async (database) => {
      if (isDeepStrictEqual(database, known)) return;
      known = database;
      await started.get('tap')?.restart({ database });
    },
    failed: edge.failed,
    close,
  };
}

/** Service bindings to those workers that run. */
function bindings(workers: Readonly<Record<string, Bundle | undefined>>): Record<string, string> {
  const running = Object.entries(workers).flatMap(([name, bundle]) =>
    bundle ? [[name, socketOf(bundle)]] : [],
  );
  return Object.fromEntries(running);
}

function variablesOf(bundle: Bundle, variables: WorkersOptions['variables']): Record<string, string> {
  const own = Object.entries(variables).filter(([name]) => Object.hasOwn(bundle.variables, name));
  return Object.fromEntries(own);
}

/** A worker that has the variable NETWORK reaches the addresses that it names, any other none. */
function networkOf({ NETWORK = '' }: Readonly<Record<string, string>>): string[] {
  return NETWORK.split(/[\s,]+/).filter((block) => block !== '');
}

/** A folder of this service alone, named after its process; those of processes that are gone are removed. */
async function makeRunFolder(dataFolder: string): Promise<string> {
  const folder = join(dataFolder, 'run');
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (!isAlive(Number.parseInt(name, 10))) await rm(join(folder, name), { recursive: true, force: true });
  }
  return mkdtemp(join(folder, `${process.pid}-`));
}
