import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BundledModule, workerdConfig } from './workerd-config.ts';
import { projectFolder, runWrangler, wranglerConfig } from './wrangler.ts';

/** The worker as wrangler bundles it, ready for bare workerd. */
export interface Bundle {
  readonly folder: string;
  /** Path of the workerd configuration. */
  readonly config: string;
  /** The worker's text variables with their values in wrangler.toml. */
  readonly variables: Readonly<Record<string, string>>;
  /** What wrangler printed, with the sizes that Cloudflare's limits apply to. */
  readonly output: string;
  /** False where an earlier bundle of the same sources was found. */
  readonly built: boolean;
}

const DAY = 24 * 3600 * 1000;

/**
 * Bundles `edge/worker.ts` into `<workerFolder>/<hash of the sources>`, unless it is there already. A bundle is
 * never changed, so that several processes may share a folder.
 * @throws Error with wrangler's output when the worker does not bundle.
 */
export async function bundleWorker(workerFolder: string): Promise<Bundle> {
  const folder = join(workerFolder, await fingerprint());
  const built = !existsSync(folder);
  if (built) await build(workerFolder, folder);
  const { variables, output } = JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8'));
  return { folder, config: join(folder, 'config.capnp'), variables, output, built };
}

async function build(workerFolder: string, folder: string): Promise<void> {
  await mkdir(workerFolder, { recursive: true });
  await removeOldBundles(workerFolder);
  const unfinished = await mkdtemp(join(workerFolder, 'unfinished-'));
  try {
    const output = await runWrangler(['deploy', '--dry-run', '--outdir', unfinished], dirname(workerFolder));
    const { unstable_readConfig } = await import('wrangler');
    const config = unstable_readConfig({ config: wranglerConfig });
    const variables = Object.fromEntries(
      Object.entries(config.vars).map(([name, value]) => [name, `${value}`]),
    );
    const capnp = workerdConfig({
      modules: await bundledModules(unfinished),
      compatibilityDate: config.compatibility_date!,
      compatibilityFlags: config.compatibility_flags,
      variables: Object.keys(variables),
    });
    await writeFile(join(unfinished, 'config.capnp'), capnp);
    await writeFile(join(unfinished, 'bundle.json'), JSON.stringify({ variables, output }));
    await rename(unfinished, folder).catch((error: NodeJS.ErrnoException) => {
      // Another process has bundled the same sources meanwhile.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function bundledModules(folder: string): Promise<BundledModule[]> {
  const wasm = (await readdir(folder)).filter((name) => name.endsWith('.wasm')).sort();
  return [
    { name: 'worker.js', type: 'esModule' },
    ...wasm.map((name): BundledModule => ({ name, type: 'wasm' })),
  ];
}

/** Hash of everything that a bundle is made from; dependencies count by the lock file. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await sources()) {
    const bytes = await readFile(join(projectFolder, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}

async function sources(): Promise<string[]> {
  const inFolders = await Promise.all(['edge', 'engine', 'cli/service'].map(sourcesBelow));
  return ['wrangler.toml', 'package.json', 'package-lock.json', ...inFolders.flat()].sort();
}

async function sourcesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(join(projectFolder, folder), { withFileTypes: true });
  const found = entries.map((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'target' ? [] : sourcesBelow(path);
    return entry.name.endsWith('.test.ts') ? [] : [path];
  });
  return (await Promise.all(found)).flat();
}

/** A younger one may belong to a service that still runs, which needs it should workerd have to be started again. */
async function removeOldBundles(workerFolder: string): Promise<void> {
  for (const name of await readdir(workerFolder)) {
    const path = join(workerFolder, name);
    if (Date.now() - (await stat(path)).mtimeMs > DAY) await rm(path, { recursive: true, force: true });
  }
}
