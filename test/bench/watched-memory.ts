import { setTimeout as sleep } from 'node:timers/promises';
import type { Heap, IsolateMemory } from './heap.ts';

/** Of an isolate on Cloudflare, bytes. */
export const MEMORY_LIMIT = 128e6;

/** Milliseconds between two looks at the heap. */
const SAMPLING = 100;

export interface WatchedMemory {
  readonly start: IsolateMemory;
  /** The largest that was seen. */
  readonly peak: IsolateMemory;
  /** Afterwards, once all garbage has been collected. */
  readonly held: IsolateMemory;
}

/** Looks at the memory of an isolate while a task runs. */
export async function watched(
  isolate: Pick<Heap, 'memory' | 'held'>,
  task: () => Promise<unknown>,
): Promise<WatchedMemory> {
  const start = await isolate.memory();
  let peak = start;
  let ended = false;
  const watch = async () => {
    while (!ended) {
      const memory = await isolate.memory();
      if (memory.total > peak.total) peak = memory;
      await sleep(SAMPLING);
    }
  };
  const watching = watch();
  await task().finally(() => {
    ended = true;
  });
  await watching;
  return { start, peak, held: await isolate.held() };
}
