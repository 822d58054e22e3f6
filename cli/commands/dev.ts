import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { createCatalogs } from '../../engine/catalog/catalogs.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { openDatabase } from '../postgres/database.ts';
import { makeFirstReleases } from '../service/first-releases.ts';
import { fillLocalR2 } from '../service/local-r2.ts';
import { requireFreePort } from '../service/port.ts';
import { projectFolder, quietEnvironment, WORKERS, wranglerCommand } from '../service/wrangler.ts';
import { readSettings, type Settings } from '../settings.ts';
import { onStopSignal } from '../stop-signal.ts';
import { terminalProgress } from '../terminal/progress.ts';

const HELP = `
The worker under wrangler, as on Cloudflare: with a local R2 bucket, a copy of the releases in the data folder. It
is built again when a source file changes, and the browser reloads. Run it again after an export.

Examples:
  almagest dev                 http://localhost:8787/
  PORT=9000 almagest dev

Reads PORT, ALMAGEST_HOST, ALMAGEST_DATA and DATABASE_URL as "almagest start" does.`;

export const devCommand = new Command('dev')
  .description('run the worker under wrangler while you change its code')
  .addHelpText('after', HELP)
  .action(dev);

async function dev(): Promise<void> {
  const stop = new AbortController();
  onStopSignal(() => stop.abort());
  const settings = readSettings();
  await requireFreePort(settings.host, settings.port);
  await ensureReleases(settings, stop.signal).catch((error) => {
    if (!stop.signal.aborted) throw error;
  });
  if (stop.signal.aborted) return;
  const stateFolder = join(settings.dataFolder, 'dev');
  Object.assign(process.env, quietEnvironment(settings.dataFolder));
  await fillLocalR2(settings.bucketFolder, stateFolder, terminalProgress());
  if (stop.signal.aborted) return;

  const flags = [
    ...['--live-reload', '--ip', settings.host, '--port', String(settings.port)],
    ...['--persist-to', stateFolder, '--inspector-port', '0', '--show-interactive-dev-session', 'false'],
  ];
  const [command, ...args] = wranglerCommand(['dev', ...flags], WORKERS);
  const wrangler = spawn(command!, args, { cwd: projectFolder, stdio: ['ignore', 'inherit', 'inherit'] });
  stop.signal.addEventListener('abort', () => wrangler.kill());
  const [code] = await once(wrangler, 'exit');
  process.exitCode = code ?? 0;
}

/** A bucket without catalogues is filled as "almagest start" does it. */
async function ensureReleases(settings: Settings, signal: AbortSignal): Promise<void> {
  await mkdir(settings.bucketFolder, { recursive: true });
  const storage = folderStorage(settings.bucketFolder);
  if ((await createCatalogs(storage, 0).list()).length > 0) return;
  const database = await openDatabase(settings);
  try {
    const warn = (message: string) => console.error(`almagest: warning: ${message}`);
    const progress = terminalProgress();
    await makeFirstReleases({ database, storage, kernel: loadKernel(), progress, warn, signal });
  } finally {
    await database.close();
  }
}
