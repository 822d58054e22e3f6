import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { projectFolder, type WorkerName, wranglerConfig } from './wrangler.ts';

/** What of esbuild's metafile is used here: https://esbuild.github.io/api/#metafile */
interface Metafile {
  readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * The project's files that a bundle was made from, as paths below the project's folder: its sources by the metafile, the WebAssembly
 * modules by their names, for esbuild leaves those outside. Dependencies count by the lock file.
 * @param modules the bundle's WebAssembly modules, `<SHA-1 of the content>-<name>.wasm`.
 */
export async function bundleInputs(
  worker: WorkerName,
  metafile: Metafile,
  modules: readonly string[],
): Promise<string[]> {
  // As esbuild has them: from the folder of the worker's configuration.
  const sources = Object.keys(metafile.inputs)
    .map((path) => join(dirname(wranglerConfig(worker)), path))
    .filter(
      (path) => !/(^|\/)(node_modules|\.wrangler)\//.test(path) && existsSync(join(projectFolder, path)),
    );
  const names = new Set(modules.map((module) => module.slice(module.indexOf('-') + 1)));
  for await (const path of glob('{edge,engine}/**/*.wasm', {
    cwd: projectFolder,
    exclude: ['**/target/**'],
  })) {
    if (names.has(basename(path))) sources.push(path);
  }
  return [...sources, wranglerConfig(worker), 'package-lock.json', 'cli/service/bundle.ts'].sort();
}

/** Hashes of the project's files, each of which is read once. */
export function inputHashes(): (inputs: readonly string[]) => Promise<string | null> {
  const hashes = new Map<string, Promise<string | null>>();
  const hashOf = (path: string) => {
    let hash = hashes.get(path);
    if (!hash) {
      hash = readFile(join(projectFolder, path)).then(
        (bytes) => createHash('sha256').update(bytes).digest('hex'),
        () => null,
      );
      hashes.set(path, hash);
    }
    return hash;
  };
  /** One hash for all, null where one of them is gone. */
  return async (inputs) => {
    const found = await Promise.all(inputs.map(hashOf));
    if (found.includes(null)) return null;
    const all = createHash('sha256');
    for (const [at, path] of inputs.entries()) all.update(`${path}\0${found[at]}\n`);
    return all.digest('hex').slice(0, 16);
  };
}

/** Whether one of the files is younger than a moment, in milliseconds since 1970. */
export async function changedSince(inputs: readonly string[], moment: number): Promise<boolean> {
  const times = await Promise.all(inputs.map((path) => stat(join(projectFolder, path))));
  return times.some(({ mtimeMs }) => mtimeMs > moment);
}
