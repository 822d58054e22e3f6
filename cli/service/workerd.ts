import { spawn } from 'node:child_process';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ReaderAccess } from '../postgres/reader.ts';
import type { Bundle } from './bundle.ts';
import { STATE_FOLDER, workerdConfig } from './workerd-config.ts';
import { workerdExecutable } from './wrangler.ts';

export interface WorkerdOptions {
  readonly bundle: Bundle;
  readonly bucketFolder: string;
  /** A folder of this service alone, where the sockets are by which its workers reach one another. */
  readonly runFolder: string;
  /** Where it listens; null: on a socket in the folder, `<worker>.sock`. */
  readonly listen: {
    readonly host: string;
    /** 0: any free port. */
    readonly port: number;
  } | null;
  /** Workers that it is bound to: name of the binding → file name of their socket. */
  readonly services?: Readonly<Record<string, string>>;
  readonly database?: ReaderAccess | null;
  /** Folders that it may write: name of the binding → path. They exist. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Where its Durable Objects keep their state, if it has any. The folder exists. */
  readonly stateFolder?: string;
  /** Addresses that its `fetch` reaches, as `workerdConfig` has them; none by default. */
  readonly network?: readonly string[];
  /** Text variables that differ from wrangler.toml's. */
  readonly variables?: Readonly<Record<string, string>>;
  /** How far it steps back behind other processes: the system's niceness, 0 (not at all) to 19. */
  readonly niceness?: number;
  /** More flags of `workerd serve`. */
  readonly flags?: readonly string[];
  /** Gets each line that workerd or the worker prints. */
  readonly log: (line: string) => void;
}

/** A running workerd. */
export interface Workerd {
  /** 0 where it listens on a socket in the folder. */
  readonly port: number;
  /** Its process group. */
  readonly pid: number;
  /** Settles when the process has ended, with how it ended: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** Lets running requests finish, for 3 seconds at most, and resolves when the process is gone. */
  close(): Promise<void>;
}

const GRACE = 3000;
/** What workerd prints below an error of its own: where in its machine code that was. */
const CODE_ADDRESSES = /^stack: .*workerd@[\da-f]/;
const launcher = fileURLToPath(new URL('./while-parent-lives.sh', import.meta.url));

/** File name of the socket of a worker that has no port. */
export function socketOf({ worker }: Pick<Bundle, 'worker'>): string {
  return `${worker}.sock`;
}

/**
 * Starts bare workerd and waits until it listens. It ends with this process, however that ends.
 * @throws Error with what workerd printed, when it ends before it listens.
 */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const { bundle, bucketFolder, runFolder, listen, niceness = 0, flags = [], log } = options;
  const config = join(runFolder, `${bundle.worker}.capnp`);
  const socket = join(runFolder, socketOf(bundle));
  const boundSocket = `${socket}.new`;
  await writeConfig(config, options);
  await rm(boundSocket, { force: true });
  const child = spawn(
    '/bin/sh',
    [
      ...[launcher, 'nice', '-n', String(niceness)],
      ...[workerdExecutable(), 'serve', config, '--control-fd=3', `--import-path=${bundle.folder}`],
      `--socket-addr=http=${listen ? hostAndPort(listen) : `unix:${socketOf(bundle)}.new`}`,
      ...folderFlags({ bucket: bucketFolder, ...options.folders }),
      ...(bundle.durableObjects.length > 0 ? folderFlags({ [STATE_FOLDER]: options.stateFolder! }) : []),
      ...flags,
    ],
    {
      // Sockets are named from here: the path of a socket has a hundred characters at most.
      cwd: runFolder,
      // A process group of its own: Ctrl-C on the terminal reaches this process only, which then stops things in order.
      detached: true,
      env: { PATH: process.env.PATH, ...bundle.variables, ...options.variables },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    },
  );
  const { stdin, stdout, stderr } = child;
  const control = child.stdio[3] as Readable;
  stdin.on('error', () => {}); // it has ended, which `ended` says

  const printed: string[] = [];
  let listening = false;
  for (const stream of [stdout, stderr]) {
    createInterface(stream).on('line', (line) => {
      if (CODE_ADDRESSES.test(line)) return;
      if (listening) log(line);
      else printed.push(line);
    });
  }
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(describeEnd(code, signal)));
  });
  const close = async () => {
    stdin.write('finish\n');
    const impatience = setTimeout(() => stdin.end(), GRACE);
    await ended;
    clearTimeout(impatience);
  };

  const listened = await Promise.race([listenedPort(control), ended]);
  await rm(config, { force: true });
  if (typeof listened === 'string') {
    throw new Error(`workerd did not start (${listened}):\n${printed.join('\n')}`);
  }
  // Until here callers find the socket of the one before, who refuses them; without any their workerd prints a stack.
  if (!listen) await rename(boundSocket, socket);
  listening = true;
  printed.forEach(log);
  return { port: listened, pid: child.pid!, ended, close };
}

/** It may hold a password: nobody else can read it, and it is gone as soon as workerd has. */
async function writeConfig(path: string, options: WorkerdOptions): Promise<void> {
  const { bundle, services = {}, database = null, folders = {}, network = [] } = options;
  const sockets = Object.entries(services).map(([binding, socket]) => [binding, `unix:${socket}`]);
  const text = workerdConfig({
    modules: bundle.modules,
    compatibilityDate: bundle.compatibilityDate,
    compatibilityFlags: bundle.compatibilityFlags,
    variables: Object.keys(bundle.variables),
    services: Object.fromEntries(sockets),
    database,
    folders: Object.keys(folders),
    durableObjects: bundle.durableObjects,
    network,
  });
  await writeFile(path, text, { mode: 0o600 });
}

function folderFlags(folders: Readonly<Record<string, string>>): string[] {
  return Object.entries(folders).map(([name, path]) => `--directory-path=${name}=${path}`);
}

function hostAndPort({ host, port }: NonNullable<WorkerdOptions['listen']>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The port in the message that workerd writes once its socket is open. */
function listenedPort(control: Readable): Promise<number> {
  return new Promise((resolve) => {
    createInterface(control).on('line', (line) => {
      const message = JSON.parse(line);
      if (message.event === 'listen' && message.socket === 'http') resolve(message.port);
    });
  });
}

/** A shell says 128 + n for a program that a signal n ended. */
function describeEnd(code: number | null, signal: string | null): string {
  if (signal !== null) return `signal ${signal}`;
  return code! > 128 ? `signal ${code! - 128}` : `exit code ${code}`;
}
