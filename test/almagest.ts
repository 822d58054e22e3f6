import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after } from 'node:test';
import { projectFolder, type WorkerName } from '../cli/service/wrangler.ts';

/** The real program as a child process. */
export interface RunningAlmagest {
  readonly child: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** Waits for a text in what it prints. @throws Error when it ends before. */
  printed(text: RegExp): Promise<RegExpMatchArray>;
  /** Waits for its end; the exit status, null after a signal. */
  ended: Promise<number | null>;
  /** Sends a signal and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const running = new Set<ChildProcess>();
// A test that fails half-way leaves its program, for which the runner would wait for ever.
after(() => {
  for (const child of running) child.kill();
});

/** Runs `almagest <args>` with no environment of Almagest's but the given. */
export function almagest(args: readonly string[], env: Record<string, string>): RunningAlmagest {
  return run([process.execPath, join(projectFolder, 'cli', 'almagest.ts'), ...args], env);
}

/** Runs `npm <args>` in the checkout. */
export function npm(args: readonly string[], env: Record<string, string>): RunningAlmagest {
  return run(['npm', ...args], env);
}

/** What a program needs to be started, and to be started as quickly as the test itself. */
export function programEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, NODE_COMPILE_CACHE };
}

function run([command, ...args]: string[], env: Record<string, string>): RunningAlmagest {
  const child = spawn(command!, args, {
    cwd: projectFolder,
    env: { ...programEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const ended = once(child, 'close').then(([code]) => code as number | null);

  const printed = async (wanted: RegExp): Promise<RegExpMatchArray> => {
    for (;;) {
      const match = text.match(wanted);
      if (match) return match;
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`it ended without printing ${wanted}:\n${text}`);
      }
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended]);
    }
  };
  return {
    child,
    output: () => text,
    printed,
    ended,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Processes whose command line names the folder: `pid command line`. */
export function processesOf(folder: string): string[] {
  const list = execFileSync('ps', ['-ww', '-eo', 'pid=,args='], { encoding: 'utf8' });
  return list.split('\n').filter((line) => line.includes(folder));
}

/** Process id of a worker's workerd, and not of the shell that waits for it. */
export function workerdOf(folder: string, worker: WorkerName): number {
  const lines = processesOf(folder).filter(
    (line) => line.includes(`${worker}.capnp`) && !line.includes('/bin/sh'),
  );
  return Number.parseInt(lines[0]!, 10);
}

/** Waits until it comes true, for a minute at most. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
