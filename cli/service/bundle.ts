import { link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleInputs, changedSince, inputHashes } from './bundle-inputs.ts';
import type { DurableObjectBinding } from './workerd-config.ts';
import { projectFolder, runWrangler, WORKERS, type WorkerName, wranglerConfig } from './wrangler.ts';

/** A worker as wrangler bundles it, ready for bare workerd. */
export interface Bundle {
  readonly worker: WorkerName;
  readonly folder: string;
  /** Files in the folder, the entry first; modules import one another by these names. */
  readonly modules: readonly string[];
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  /** The worker's text variables with their values in its wrangler.toml. */
  readonly variables: Readonly<Record<string, string>>;
  readonly durableObjects: readonly DurableObjectBinding[];
  /** What wrangler printed, with the sizes that Cloudflare's limits apply to. */
  readonly output: string;
  /** False where an earlier bundle of the same sources was found. */
  readonly built: boolean;
}

export type Bundles = Readonly<Record<WorkerName, Bundle>>;

/** `bundle.json`, which a bundle's folder has beside the modules. */
interface Description extends Omit<Bundle, 'folder' | 'built'> {
  /** Paths below the project's folder. */
  readonly inputs: readonly string[];
}

const DESCRIPTION = 'bundle.json';
const DAY = 24 * 3600 * 1000;

/** All workers, bundled side by side; see `bundleWorker`. */
export async function bundleWorkers(workerFolder: string): Promise<Bundles> {
  const bundles = await Promise.all(WORKERS.map((worker) => bundleWorker(workerFolder, worker)));
  return Object.fromEntries(bundles.map((bundle) => [bundle.worker, bundle])) as Record<WorkerName, Bundle>;
}

/**
 * Bundles a worker into `<workerFolder>/<worker>-<hash of its sources>`, unless it is there already. A bundle is
 * never changed, so that several processes may share a folder.
 * @throws Error with wrangler's output when the worker does not bundle.
 */
export async function bundleWorker(workerFolder: string, worker: WorkerName): Promise<Bundle> {
  const found = await findBundle(workerFolder, worker);
  if (found) return { ...found, built: false };
  await removeOldBundles(workerFolder);
  return { ...(await build(workerFolder, worker)), built: true };
}

/** The bundle none of whose sources has changed; null where there is none. */
async function findBundle(workerFolder: string, worker: WorkerName): Promise<Omit<Bundle, 'built'> | null> {
  const hashOf = inputHashes();
  for (const folder of await bundleFolders(workerFolder, worker)) {
    const text = await readFile(join(folder, DESCRIPTION), 'utf8').catch(() => null);
    if (text === null) continue;
    const { inputs, ...bundle }: Description = JSON.parse(text);
    if (folder.endsWith(`${worker}-${await hashOf(inputs)}`)) return { ...bundle, folder };
  }
  return null;
}

async function build(workerFolder: string, worker: WorkerName): Promise<Omit<Bundle, 'built'>> {
  await mkdir(workerFolder, { recursive: true });
  for (;;) {
    const unfinished = await mkdtemp(join(workerFolder, 'unfinished-'));
    try {
      const began = Date.now();
      const { inputs, ...bundle } = await runBundler(unfinished, worker, dirname(workerFolder));
      // Where somebody saved a file meanwhile the name would not be that of the content.
      if (await changedSince(inputs, began)) continue;
      const folder = join(workerFolder, `${worker}-${await inputHashes()(inputs)}`);
      await writeFile(join(unfinished, DESCRIPTION), JSON.stringify({ ...bundle, inputs }));
      await shareModules(unfinished, bundle.modules, await bundleFolders(workerFolder, worker));
      await rename(unfinished, folder).catch((error: NodeJS.ErrnoException) => {
        // Another process has bundled the same sources meanwhile.
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
      return { ...bundle, folder };
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
}

async function runBundler(folder: string, worker: WorkerName, homeFolder: string): Promise<Description> {
  const flags = ['--dry-run', '--metafile', '--outdir', folder];
  const output = await runWrangler(['deploy', ...flags], worker, homeFolder);
  const { unstable_readConfig } = await import('wrangler');
  const config = unstable_readConfig({ config: join(projectFolder, wranglerConfig(worker)) });
  const metafile = JSON.parse(await readFile(join(folder, 'bundle-meta.json'), 'utf8'));
  const wasm = (await readdir(folder)).filter((name) => name.endsWith('.wasm')).sort();
  for (const name of ['bundle-meta.json', 'README.md', 'worker.js.map']) await rm(join(folder, name));
  return {
    worker,
    modules: ['worker.js', ...wasm],
    compatibilityDate: config.compatibility_date!,
    compatibilityFlags: config.compatibility_flags,
    variables: Object.fromEntries(Object.entries(config.vars).map(([name, value]) => [name, `${value}`])),
    durableObjects: durableObjectsOf(config),
    output,
    inputs: await bundleInputs(worker, metafile, wasm),
  };
}

/** @param config as wrangler reads it. */
function durableObjectsOf(config: {
  readonly durable_objects: { readonly bindings: readonly { name: string; class_name: string }[] };
}): DurableObjectBinding[] {
  return config.durable_objects.bindings.map(({ name, class_name }) => ({
    binding: name,
    className: class_name,
  }));
}

/** WebAssembly modules have their content's hash in their names: one that an earlier bundle has takes no room a second time. */
async function shareModules(
  folder: string,
  modules: readonly string[],
  earlier: readonly string[],
): Promise<void> {
  for (const name of modules.filter((module) => module.endsWith('.wasm'))) {
    for (const other of earlier) {
      const shared = join(folder, `shared-${name}`);
      const linked = await link(join(other, name), shared).then(
        () => true,
        () => false, // it has no such module, or the file system no links
      );
      if (!linked) continue;
      await rename(shared, join(folder, name));
      break;
    }
  }
}

/** Youngest first. */
async function bundleFolders(workerFolder: string, worker: WorkerName): Promise<string[]> {
  const names = await readdir(workerFolder).catch(() => []);
  const folders = names
    .filter((name) => name.startsWith(`${worker}-`))
    .map((name) => join(workerFolder, name));
  const times = await Promise.all(folders.map((folder) => changeTime(folder)));
  return folders.sort((a, b) => times[folders.indexOf(b)]! - times[folders.indexOf(a)]!);
}

/** A younger one may belong to a service that still runs, which needs it should workerd have to be started again. */
async function removeOldBundles(workerFolder: string): Promise<void> {
  for (const name of await readdir(workerFolder).catch(() => [])) {
    const path = join(workerFolder, name);
    if (Date.now() - (await changeTime(path)) > DAY) await rm(path, { recursive: true, force: true });
  }
}

/** Milliseconds since 1970; one that somebody else has just removed is as old as can be. */
async function changeTime(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
