import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const requireHere = createRequire(import.meta.url);
const wranglerManifest = requireHere.resolve('wrangler/package.json');

/** The checkout: where wrangler.toml and the workers' sources lie. */
export const projectFolder: string = fileURLToPath(new URL('../..', import.meta.url));

/** The workers of the service: the one that the world talks to first, then those behind its service bindings. */
export const WORKERS = ['edge', 'tap', 'duckdb', 'soda', 'jobs'] as const;

export type WorkerName = (typeof WORKERS)[number];

/** Path of a worker's configuration, below the project's folder. */
export function wranglerConfig(worker: WorkerName): string {
  return worker === 'edge' ? 'wrangler.toml' : `edge/${worker}/wrangler.toml`;
}

/** The workerd executable of the version that wrangler pins. */
export function workerdExecutable(): string {
  return createRequire(wranglerManifest)('workerd').default;
}

/**
 * The environment in which wrangler asks nothing, reports nothing and writes nothing outside `folder`:
 * its settings folder would otherwise be in the user's home.
 */
export function quietEnvironment(folder: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CI: '1',
    NO_COLOR: '1',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_WRITE_LOGS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    XDG_CONFIG_HOME: join(folder, 'wrangler'),
  };
}

/** The command line that runs wrangler on workers of this project. */
export function wranglerCommand(args: readonly string[], workers: readonly WorkerName[]): string[] {
  const script = join(dirname(wranglerManifest), 'bin', 'wrangler.js');
  const configs = workers.flatMap((worker) => ['--config', join(projectFolder, wranglerConfig(worker))]);
  return [process.execPath, script, ...args, ...configs];
}

/**
 * Runs one wrangler command to its end.
 * @returns what it printed.
 * @throws Error with what it printed, when it fails.
 */
export function runWrangler(args: readonly string[], worker: WorkerName, folder: string): Promise<string> {
  const [command, ...rest] = wranglerCommand(args, [worker]);
  return new Promise((resolve, reject) => {
    const child = spawn(command!, rest, {
      cwd: projectFolder,
      env: quietEnvironment(folder),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`wrangler ${args[0]} failed for ${wranglerConfig(worker)}:\n${output.trim()}`));
    });
  });
}
