import { mkdir } from 'node:fs/promises';
import { Command } from 'commander';
import { type JobSettings, readJobSettings } from '../../edge/jobs/settings.ts';
import { readSettings as readWorkerSettings, type Settings as WorkerSettings } from '../../edge/settings.ts';
import { readSodaSettings, type SodaSettings } from '../../edge/soda/settings.ts';
import { readTapSettings, type TapSettings } from '../../edge/tap/settings.ts';
import { createCatalogs } from '../../engine/catalog/catalogs.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import type { Database } from '../postgres/database.ts';
import { addresses } from '../service/addresses.ts';
import { bundleWorkers } from '../service/bundle.ts';
import { requireFreePort } from '../service/port.ts';
import { openServiceDatabase, readerAccess, readerAccessOrNone } from '../service/service-database.ts';
import { watchDatabase } from '../service/watch-database.ts';
import { startWorkers, type WorkersOptions } from '../service/workers.ts';
import { WORKERS } from '../service/wrangler.ts';
import { bucketFolder, readSettings, type Settings } from '../settings.ts';
import { onStopSignal } from '../stop-signal.ts';
import { terminalProgress } from '../terminal/progress.ts';

const HELP = `
Starts the database, loads the demo catalogues into it the first time, exports each published catalogue that has no
release yet, and serves the releases until Ctrl-C. New data are served after "almagest export", with no restart.

Examples:
  almagest start                                   http://localhost:8787/, with a database of its own
  PORT=9000 almagest start
  DATABASE_URL=postgres://me@host/sky almagest start
  ALMAGEST_HOST=0.0.0.0 PUBLIC_URL=https://vo.example.org almagest start

Environment:
  PORT            port of the service (8787; 0: any free one)
  ALMAGEST_HOST   address to listen on (127.0.0.1; 0.0.0.0: all of this machine's)
  PUBLIC_URL      address that the world sees, where a proxy does not pass on the Host header
  DATABASE_URL    your own PostgreSQL; nothing is loaded into it. Without it a server of its own runs in the data folder
  READER_DATABASE_URL
                  the same PostgreSQL as a user who may only read, for TAP. Without it a role is made there for this purpose
  ALMAGEST_DATA   data folder (.almagest in the working directory)
  ALMAGEST_BUCKET folder of the releases and images (bucket in the data folder)
  ALMAGEST_AUTHORITY
                  naming authority in the identifiers of images, of the demo's too (almagest.example)
  All [vars] of wrangler.toml (cones) and edge/tap, edge/duckdb, edge/soda and edge/jobs/wrangler.toml, such as SERVICE_TITLE, MAX_RADIUS,
  MAX_RECORDS, TAP_SECONDS, TAP_MAX_RECORDS, JOB_SECONDS: the files say what each is

A database that cannot be reached is no reason not to serve the releases that exist: that is a warning, and TAP answers at the edge
only until it can be. Without any release it is an error. Exit status: 0 after Ctrl-C or SIGTERM, 1 when the service cannot start or keeps failing.`;

export const startCommand = new Command('start')
  .description('serve the published catalogues; the first time, with real stars')
  .addHelpText('after', HELP)
  .action(start);

async function start(): Promise<void> {
  const began = performance.now();
  const settings = readSettings();
  const stop = new AbortController();
  onStopSignal(() => stop.abort());
  const opened: { close(): Promise<void> }[] = [];
  try {
    checkVariables(process.env);
    await requireFreePort(settings.host, settings.port);
    const folder = bucketFolder(settings);
    await mkdir(folder, { recursive: true });
    const bundling = bundle(settings);
    opened.push({ close: () => bundling.then(nothing, nothing) });
    const storage = folderStorage(folder);
    const kernel = loadKernel();
    const catalogs = createCatalogs(storage, 0);

    const progress = terminalProgress();
    const { signal } = stop;
    const database = await openServiceDatabase({ settings, storage, kernel, progress, warn, signal });
    let databaseKeeper: { close(): Promise<void> } | null = database;
    opened.push({ close: async () => databaseKeeper?.close() });
    signal.throwIfAborted();
    const workers = await bundling;
    const service = await startWorkers({
      ...settings,
      bucketFolder: folder,
      ...workers,
      database: database && (await readerAccessOrNone(database, settings, warn)),
      log: (line) => console.error(line),
    });
    opened.push(service);
    if (database || settings.databaseUrl !== null) {
      const use = async (found: Database) => service.useDatabase(await readerAccess(found, settings, warn));
      databaseKeeper = watchDatabase({ settings, database, use, warn });
    }

    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const { limits, publicUrl } = readWorkerSettings({
      ...workers.bundles.edge.variables,
      ...workers.variables,
    });
    const root = publicUrl ?? localAddress(settings.host, service.port);
    console.log(`Almagest answers after ${seconds} s. Ctrl-C stops it.\n`);
    console.log(`${await addresses(root, catalogs, kernel, limits.maxRadius)}\n`);

    const failure = await Promise.race([service.failed, aborted(stop.signal)]);
    if (failure !== null) throw new Error(failure);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    if (stop.signal.aborted) console.log('Stopping.');
    for (const resource of opened.reverse()) await resource.close();
  }
}

/** The workers, and those of their variables that the environment sets. */
async function bundle(settings: Settings): Promise<Pick<WorkersOptions, 'bundles' | 'variables'>> {
  const bundles = await bundleWorkers(settings.workerFolder);
  const variables: Record<string, string> = {};
  for (const name of WORKERS.flatMap((worker) => Object.keys(bundles[worker].variables))) {
    if (process.env[name]) variables[name] = process.env[name];
  }
  const inToml = WORKERS.map((worker) => bundles[worker].variables);
  checkVariables(Object.assign({}, ...inToml, variables));
  return { bundles, variables };
}

/** @throws Error naming the variable of a worker that is wrong. */
function checkVariables(variables: Readonly<Record<string, string | undefined>>): void {
  readWorkerSettings(variables as WorkerSettings);
  readTapSettings(variables as TapSettings);
  readSodaSettings(variables as SodaSettings);
  readJobSettings(variables as JobSettings);
}

function localAddress(host: string, port: number): string {
  const name = ['127.0.0.1', '0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function warn(message: string): void {
  console.error(`almagest: warning: ${message}`);
}

function nothing(): void {}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null));
  });
}
