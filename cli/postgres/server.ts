import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fchownSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { postgresBinaries } from './binaries.ts';
import { readPassword, SUPERUSER } from './cluster.ts';
import { asIdentity, serverIdentity } from './identity.ts';
import { orphansOf, readPostmaster, servesFolder } from './process.ts';

const HOST = '127.0.0.1';
const POLL_MILLISECONDS = 30;
/** Recovery after a crash may replay a gigabyte of log. */
const START_MILLISECONDS = 180_000;
const STOP_MILLISECONDS = 60_000;
const START_ATTEMPTS = 5;
const LOG_BYTES = 10_000_000;
/** sockaddr_un's sun_path: 108 bytes on Linux, 104 on macOS, with the closing zero. */
const SOCKET_PATH_BYTES = 103;

/** A session as superuser in the maintenance database of a running server. */
export interface ServerSession {
  readonly client: pg.Client;
  readonly pid: number;
  readonly port: number;
  readonly password: string;
}

/**
 * Reaches the server of a data folder: the one that runs, which may be the orphan of a killed process, or one
 * started now. PostgreSQL's own pid file decides between processes that start it at once.
 * @throws Error with the server's own words when it does not come up.
 */
export async function reachServer(postgresFolder: string, logFile: string): Promise<ServerSession> {
  const deadline = Date.now() + START_MILLISECONDS;
  let attempts = 0;
  let started: StartedServer | null = null;
  while (Date.now() < deadline) {
    const session = await connectToRunning(postgresFolder);
    if (session) return session;

    if (started?.failed()) {
      const words = started.words();
      const lostRace = /lock file .* already exists|could not bind|pre-existing shared memory/.test(words);
      if (!lostRace || attempts >= START_ATTEMPTS) {
        throw new Error(`the embedded PostgreSQL did not start: ${words || `see ${logFile}`}`);
      }
      if (words.includes('pre-existing shared memory')) endOrphans(postgresFolder);
      started = null;
    }
    const running = readPostmaster(postgresFolder);
    if (!started && !(running && servesFolder(running.pid, postgresFolder))) {
      attempts += 1;
      started = await startServer(postgresFolder, logFile, running?.pid ?? null);
    }
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`the embedded PostgreSQL did not answer in ${START_MILLISECONDS / 1000} s: see ${logFile}`);
}

/** Ends what a killed server has left, which keeps the next one from starting. What it had not committed is undone by that one. */
function endOrphans(postgresFolder: string): void {
  for (const pid of orphansOf(postgresFolder)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** Shuts the server down (fast shutdown: open sessions end, everything committed is on disk) and waits. */
export async function stopServer(postgresFolder: string, pid: number): Promise<void> {
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOP_MILLISECONDS;
  // The process, not its pid file, which it removes a moment before it ends.
  for (; servesFolder(pid, postgresFolder); await sleep(POLL_MILLISECONDS)) {
    if (Date.now() > deadline) throw new Error(`the embedded PostgreSQL (process ${pid}) does not stop`);
  }
}

/** A session with the server that runs in a folder; null where none does, or none that takes sessions now. */
export async function connectToRunning(postgresFolder: string): Promise<ServerSession | null> {
  const running = readPostmaster(postgresFolder);
  const password = await readPassword(postgresFolder);
  if (!running?.port || password === null) return null;
  const client = new pg.Client({
    host: HOST,
    port: running.port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    application_name: 'almagest',
    connectionTimeoutMillis: 15_000,
  });
  // A server that is stopped under us ends this session: the next statement says so.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    const ours = realpathSync(rows[0]!.data_directory) === realpathSync(postgresFolder);
    if (ours) return { client, pid: running.pid, port: running.port, password };
  } catch {
    // Not up yet, on its way down, or a stranger on the port of a server that was killed.
  }
  await client.end().catch(() => {});
  return null;
}

interface StartedServer {
  failed(): boolean;
  words(): string;
}

async function startServer(
  postgresFolder: string,
  logFile: string,
  stalePid: number | null,
): Promise<StartedServer> {
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: HOST,
    unix_socket_directories: socketFolder(postgresFolder, port),
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    max_wal_size: '2GB',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const identity = serverIdentity(postgresFolder);
  const { command, args, options } = asIdentity(identity, postgresBinaries().postgres, [
    '-D',
    postgresFolder,
    ...flags,
  ]);
  // PostgreSQL will not start over the pid file of a killed server once a stranger has its process id. It does
  // ignore the id that pg_ctl passes it here, and then removes the file itself, safe against others who start.
  const env = stalePid === null ? process.env : { ...process.env, PG_GRANDPARENT_PID: String(stalePid) };
  const logStart = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const log = openSync(logFile, logStart > LOG_BYTES ? 'w' : 'a', 0o600);
  if (identity.user) fchownSync(log, identity.user.uid, identity.user.gid);
  // Detached: the terminal's Ctrl-C must reach the service alone, which then stops the server in good order.
  const child = spawn(command, args, { ...options, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const spawnError = watchSpawn(child);
  child.unref();
  return {
    failed: () => child.exitCode !== null || child.signalCode !== null || spawnError() !== null,
    words: () => spawnError() ?? complaints(logFile, logStart > LOG_BYTES ? 0 : logStart),
  };
}

function watchSpawn(child: ChildProcess): () => string | null {
  let message: string | null = null;
  child.once('error', (error: NodeJS.ErrnoException) => {
    message = `${child.spawnfile} cannot be run here (${error.code}); set DATABASE_URL to a PostgreSQL server of your own`;
  });
  return () => message;
}

function complaints(logFile: string, from: number): string {
  const lines = readFileSync(logFile).subarray(from).toString('utf8').split('\n');
  return lines
    .flatMap((line) => line.match(/\b(?:FATAL|PANIC|DETAIL|HINT|error while loading).*/) ?? [])
    .join(' ');
}

/** The data folder, unless its path is too long for a socket, or a list in the eyes of PostgreSQL. */
function socketFolder(postgresFolder: string, port: number): string {
  const isOne = !/[,"]/.test(postgresFolder);
  return isOne && Buffer.byteLength(join(postgresFolder, `.s.PGSQL.${port}`)) <= SOCKET_PATH_BYTES
    ? postgresFolder
    : '';
}

/** A port of the loopback interface that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, HOST, () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
