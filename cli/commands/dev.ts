import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import type { Database } from '../postgres/database.ts';
import type { ReaderAccess } from '../postgres/reader.ts';
import { fillLocalR2 } from '../service/local-r2.ts';
import { requireFreePort } from '../service/port.ts';
import { openServiceDatabase, readerAccessOrNone } from '../service/service-database.ts';
import { projectFolder, quietEnvironment, WORKERS, wranglerCommand } from '../service/wrangler.ts';
import { bucketFolder, readSettings, type Settings } from '../settings.ts';
import { onStopSignal } from '../stop-signal.ts';
import { terminalProgress } from '../terminal/progress.ts';

const HELP = `
The workers under wrangler, as on Cloudflare: with a local R2 bucket, a copy of the releases in the data folder, and the database
in place of Hyperdrive. They are built again when a source file changes, and the browser reloads. Run it again after an export.

Examples:
  almagest dev                 http://localhost:8787/
  PORT=9000 almagest dev

Reads PORT, ALMAGEST_HOST, ALMAGEST_DATA, ALMAGEST_BUCKET, DATABASE_URL and READER_DATABASE_URL as "almagest start" does.`;

/** Where wrangler looks for what stands behind the binding HYPERDRIVE. */
const HYPERDRIVE_VARIABLE = 'CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE';

/** wrangler wants an address. Nobody listens at this one, port 9 being "discard" (RFC 863). */
const NO_DATABASE = 'postgres://nobody:none@127.0.0.1:9/none';

export const devCommand = new Command('dev')
  .description('run the worker under wrangler while you change its code')
  .addHelpText('after', HELP)
  .action(dev);

async function dev(): Promise<void> {
  const stop = new AbortController();
  onStopSignal(() => stop.abort());
  const settings = readSettings();
  await requireFreePort(settings.host, settings.port);
  const folder = bucketFolder(settings);
  await mkdir(folder, { recursive: true });
  const database = await openServiceDatabase({
    settings,
    storage: folderStorage(folder),
    kernel: loadKernel(),
    progress: terminalProgress(),
    warn,
    signal: stop.signal,
  }).catch((error) => {
    if (!stop.signal.aborted) throw error;
    return null;
  });
  try {
    if (!stop.signal.aborted) await runWranglerDev(settings, database, stop.signal);
  } finally {
    await database?.close();
  }
}

/** Sets the exit status to wrangler's, when it ends by itself. */
async function runWranglerDev(
  settings: Settings,
  database: Database | null,
  signal: AbortSignal,
): Promise<void> {
  const stateFolder = join(settings.dataFolder, 'dev');
  const reader = database && (await readerAccessOrNone(database, settings, warn));
  Object.assign(process.env, quietEnvironment(settings.dataFolder), {
    [HYPERDRIVE_VARIABLE]: reader ? connectionString(reader) : NO_DATABASE,
  });
  await fillLocalR2(bucketFolder(settings), stateFolder, terminalProgress());
  if (signal.aborted) return;

  const flags = [
    ...['--live-reload', '--ip', settings.host, '--port', String(settings.port)],
    ...['--persist-to', stateFolder, '--inspector-port', '0', '--show-interactive-dev-session', 'false'],
  ];
  const [command, ...args] = wranglerCommand(['dev', ...flags], WORKERS);
  const wrangler = spawn(command!, args, { cwd: projectFolder, stdio: ['ignore', 'inherit', 'inherit'] });
  signal.addEventListener('abort', () => wrangler.kill());
  const [code] = await once(wrangler, 'exit');
  if (!signal.aborted) process.exitCode = code ?? 0;
}

function connectionString({ address, user, password, database }: ReaderAccess): string {
  const [name, secret, path] = [user, password, database].map(encodeURIComponent);
  return `postgres://${name}:${secret}@${address}/${path}`;
}

function warn(message: string): void {
  console.error(`almagest: warning: ${message}`);
}
