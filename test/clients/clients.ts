import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const advice = 'run: eval "$(test/clients/environment.sh)"';
const python = process.env.ALMAGEST_TEST_PYTHON;
const stilts = process.env.ALMAGEST_TEST_STILTS;

/** `skip` option of a test that needs the Python clients: why it is left out, or false. */
export const skipWithoutPython = python ? false : `ALMAGEST_TEST_PYTHON is not set; ${advice}`;

/** `skip` option of a test that needs STILTS. */
export const skipWithoutStilts = stilts ? false : `ALMAGEST_TEST_STILTS is not set; ${advice}`;

/** The command of STILTS, if there is one, for scripts that ask it too. */
export const stiltsCommand: readonly string[] = stilts ? [stilts] : [];

interface Limits {
  /** Seconds after which the client is stopped, which fails the test. */
  readonly timeout?: number;
}

async function runClient(file: string, args: readonly string[], { timeout = 300 }: Limits): Promise<string> {
  try {
    const { stdout } = await run(file, args, { timeout: timeout * 1000, maxBuffer: 2 ** 28 });
    return stdout;
  } catch (cause) {
    const {
      stdout = '',
      stderr = '',
      killed = false,
    } = cause as Record<string, string> & { killed?: boolean };
    const why = killed ? `did not end within ${timeout} s` : 'failed';
    throw new Error(`${file} ${args.join(' ')}\n${why}\n${stdout}${stderr}`, { cause });
  }
}

/**
 * Runs a script of this folder and gives what it printed: a line for every check.
 * @throws Error with everything it printed, when a check failed.
 */
export function runPython(script: string, args: readonly string[], limits: Limits = {}): Promise<string> {
  return runClient(python!, [fileURLToPath(new URL(script, import.meta.url)), ...args], limits);
}

/** Runs a script of checks as a test, whose diagnostics are the lines it prints. */
export async function runChecks(t: TestContext, script: string, args: readonly string[]): Promise<void> {
  const lines = (await runPython(script, args)).trim().split('\n');
  for (const line of lines) t.diagnostic(line);
  assert.ok(
    lines.some((line) => line.startsWith('ok ')),
    `${script} checked nothing`,
  );
}

/**
 * Runs a STILTS task without prompts and gives its standard output.
 * @throws Error with everything it printed, when it failed.
 */
export function runStilts(task: string, args: readonly string[], limits: Limits = {}): Promise<string> {
  const [command, ...leading] = stilts!.split(' ');
  return runClient(command!, [...leading, '-batch', task, ...args], limits);
}
