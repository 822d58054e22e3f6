import { setTimeout as sleep } from 'node:timers/promises';
import { startWorkerd, type Workerd, type WorkerdOptions } from './workerd.ts';

export interface SuperviseOptions extends WorkerdOptions {
  /** What it is called where its end is told, such as `the service`. */
  readonly title: string;
  /** Whether there is nothing to serve without it, so that it is given up at last; others are started again for ever. */
  readonly vital: boolean;
}

/** A workerd that is started again when it ends by itself. */
export interface SupervisedWorkerd {
  readonly port: number;
  /** The process group that runs now. */
  pid(): number;
  /** Starts it again at once with other options. Running requests get the time that `close` gives them. */
  restart(changes: Pick<WorkerdOptions, 'database'>): Promise<void>;
  /** Settles when it ended too often, with what happened; never after `close`. */
  readonly failed: Promise<string>;
  close(): Promise<void>;
}

/** Milliseconds before the first, second … restart in a row; after the last one supervision gives up, or stays at that delay. */
const DELAYS = [100, 500, 1000, 2000, 4000, 8000];

/** Milliseconds after which a workerd counts as healthy, and the next end of it as the first one. */
const HEALTHY = 60_000;

/**
 * Starts workerd and keeps it running: one that ends (a crash, the system's out-of-memory killer) is replaced on the same port after
 * a growing delay, and each time `log` hears of it.
 * @throws Error when it does not start the first time.
 */
export async function superviseWorkerd(given: SuperviseOptions): Promise<SupervisedWorkerd> {
  const { title, vital, log } = given;
  let workerd: Workerd = await startWorkerd(given);
  const { port } = workerd;
  let options: SuperviseOptions = { ...given, listen: given.listen && { ...given.listen, port } };
  /** While it is being replaced by intention. */
  let replacing: Promise<void> | null = null;
  const closing = new AbortController();

  async function startAgain(): Promise<void> {
    workerd = await startWorkerd(options);
    // Whoever closes meanwhile has closed the one before.
    if (closing.signal.aborted) await workerd.close();
  }

  async function keepRunning(): Promise<string> {
    let restarts = 0;
    for (;;) {
      const started = Date.now();
      let end = await workerd.ended;
      if (replacing) {
        await replacing;
        continue;
      }
      if (Date.now() - started > HEALTHY) restarts = 0;
      for (let running = false; !running; ) {
        closing.signal.throwIfAborted();
        if (vital && restarts === DELAYS.length) {
          return `${title} ended ${DELAYS.length + 1} times in a row, lastly: ${end}`;
        }
        const delay = DELAYS[Math.min(restarts++, DELAYS.length - 1)]!;
        log(`${title} ended by itself (${end}); it starts again in ${delay / 1000} s`);
        await sleep(delay, undefined, { signal: closing.signal });
        try {
          await startAgain();
          running = true;
        } catch (error) {
          end = (error as Error).message;
        }
      }
    }
  }

  const running = keepRunning();
  const failed = new Promise<string>((resolve) => {
    running.then(resolve, () => {}); // it is rejected by `close` only
  });
  return {
    port,
    pid: () => workerd.pid,
    failed,
    restart: async (changes) => {
      options = { ...options, ...changes };
      const { promise, resolve } = Promise.withResolvers<void>();
      replacing = promise;
      try {
        await workerd.close();
        await startAgain();
      } finally {
        replacing = null;
        resolve();
      }
    },
    close: async () => {
      closing.abort();
      await workerd.close();
      await running.catch(() => {});
      await workerd.close();
    },
  };
}
