import { availableParallelism } from 'node:os';
import {
  type MadePartition,
  makePartitions,
  type PartitionTask,
  type PartitionWork,
} from './make-partitions.ts';
import { startThread, type Thread } from './partition-threads.ts';

/** Makes partitions, of several tasks at a time. */
export interface PartitionMaker {
  /** Tasks that it is worth giving it at a time. */
  readonly atATime: number;
  /** @throws Error as `makePartitions` does. */
  make(task: PartitionTask): Promise<MadePartition[]>;
  close(): Promise<void>;
}

/** Each takes some 150 MB, and the rest of an export 500. */
const MOST_THREADS = 2;

/** So many bytes of rows are sorted and encoded before a thread has begun. */
const WORTH_THREADS = 16 * 2 ** 20;

/**
 * The first tasks, as far as they are small, are made here, in no thread of their own; then threads begin.
 * @param worthThreads bytes of rows from which on threads are worth it.
 */
export function openMaker(work: PartitionWork, worthThreads = WORTH_THREADS): PartitionMaker {
  const threads = Math.min(MOST_THREADS, availableParallelism());
  const all: Thread[] = [];
  let idle: Thread[] = [];
  const waiting: ((thread: Thread) => void)[] = [];
  let bytesHere = 0;

  function begin(): void {
    for (let count = 0; count < threads; count += 1) all.push(startThread(work));
    idle = [...all];
  }

  const free = (thread: Thread) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(thread);
    else next(thread);
  };

  return {
    // One more for each thread waits while the files of the last ones are written.
    atATime: 2 * threads,
    async make({ source, cells, anew }) {
      const task = { source, cells, anew };
      bytesHere += bytesOf(task);
      if (bytesHere < worthThreads) return [...makePartitions(work, task)];
      if (all.length === 0) begin();
      const thread = idle.pop() ?? (await new Promise<Thread>((resolve) => waiting.push(resolve)));
      try {
        return await thread.make(task);
      } finally {
        free(thread);
      }
    },
    async close() {
      await Promise.all(all.map((thread) => thread.end()));
    },
  };
}

function bytesOf({ source }: PartitionTask): number {
  return 'bytes' in source ? source.bytes.length : source.extents.reduce((sum, { bytes }) => sum + bytes, 0);
}
