import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Bundle } from './bundle.ts';
import { workerdExecutable } from './wrangler.ts';

export interface WorkerdOptions {
  readonly bundle: Bundle;
  readonly bucketFolder: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Text variables that differ from wrangler.toml's. */
  readonly variables?: Readonly<Record<string, string>>;
  /** More flags of `workerd serve`. */
  readonly flags?: readonly string[];
  /** Gets each line that workerd or the worker prints. */
  readonly log: (line: string) => void;
}

/** A running workerd. */
export interface Workerd {
  readonly port: number;
  /** Its process group. */
  readonly pid: number;
  /** Settles when the process has ended, with how it ended: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** Lets running requests finish, for 3 seconds at most, and resolves when the process is gone. */
  close(): Promise<void>;
}

const GRACE = 3000;
const launcher = fileURLToPath(new URL('./while-parent-lives.sh', import.meta.url));

/**
 * Starts bare workerd and waits until it listens. It ends with this process, however that ends.
 * @throws Error with what workerd printed, when it ends before it listens.
 */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const { bundle, bucketFolder, host, port, flags = [], log } = options;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const child = spawn(
    '/bin/sh',
    [
      ...[launcher, workerdExecutable(), 'serve', bundle.config, '--control-fd=3'],
      ...[`--socket-addr=http=${address}`, `--directory-path=bucket=${bucketFolder}`, ...flags],
    ],
    {
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
    createInterface(stream).on('line', (line) => (listening ? log(line) : printed.push(line)));
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
  if (typeof listened === 'string') {
    throw new Error(`workerd did not start (${listened}):\n${printed.join('\n')}`);
  }
  listening = true;
  printed.forEach(log);
  return { port: listened, pid: child.pid!, ended, close };
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
