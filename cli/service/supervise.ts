import { setTimeout as sleep } from 'node:timers/promises';
import { startWorkerd, type Workerd, type WorkerdOptions } from './workerd.ts';

/** A workerd that is started again when it ends by itself. */
export interface SupervisedWorkerd {
  readonly port: number;
  /** The process group that runs now. */
  pid(): number;
  /** Settles when it ended too often, with what happened; never after `close`. */
  readonly failed: Promise<string>;
  close(): Promise<void>;
}

/** Milliseconds before the first, second … restart in a row; after the last one supervision gives up. */
const DELAYS = [100, 500, 1000, 2000, 4000, 8000];

/** Milliseconds after which a workerd counts as healthy, and the next end of it as the first one. */
const HEALTHY = 60_000;

/**
 * Starts workerd and keeps it running: one that ends (a crash, the system's out-of-memory killer) is replaced on the same port after
 * a growing delay, and each time `log` hears of it.
 * @throws Error when it does not start the first time.
 */
export async function superviseWorkerd(options: WorkerdOptions): Promise<SupervisedWorkerd> {
  let workerd: Workerd = await startWorkerd(options);
  const { port } = workerd;
  const closing = new AbortController();

  async function keepRunning(): Promise<string> {
    let restarts = 0;
    for (;;) {
      const started = Date.now();
      let end = await workerd.ended;
      if (Date.now() - started > HEALTHY) restarts = 0;
      for (let running = false; !running; ) {
        closing.signal.throwIfAborted();
        const delay = DELAYS[restarts++];
        if (delay === undefined)
          return `the service ended ${DELAYS.length + 1} times in a row, lastly: ${end}`;
        options.log(`the service ended by itself (${end}); it starts again in ${delay / 1000} s`);
        await sleep(delay, undefined, { signal: closing.signal });
        try {
          workerd = await startWorkerd({ ...options, port });
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
    close: async () => {
      closing.abort();
      await workerd.close();
      await running.catch(() => {});
      await workerd.close();
    },
  };
}
