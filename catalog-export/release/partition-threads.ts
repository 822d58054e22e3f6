import { Worker } from 'node:worker_threads';
import type { MadePartition, PartitionTask, PartitionWork } from './make-partitions.ts';
import type { ThreadAnswer } from './partition-thread.ts';

/** A thread that makes partitions of one task at a time. */
export interface Thread {
  make(task: PartitionTask): Promise<MadePartition[]>;
  end(): Promise<unknown>;
}

/** Of short-lived objects, of which there are few: the bytes of rows and files lie elsewhere. */
const YOUNG_MEGABYTES = 16;

export function startThread(work: PartitionWork): Thread {
  const worker = new Worker(new URL('partition-thread.ts', import.meta.url), {
    workerData: work,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  });
  let failure: Error | null = null;
  let settle: { resolve: (made: MadePartition[]) => void; reject: (error: Error) => void } | null = null;
  const fail = (error: Error) => {
    failure ??= error;
    settle?.reject(failure);
  };
  worker.on('message', (answer: ThreadAnswer) => {
    if ('made' in answer) settle?.resolve(answer.made);
    else settle?.reject(new Error(answer.error));
  });
  worker.on('error', (error) => fail(error as Error));
  worker.on('exit', (code) => fail(new Error(`a thread of the export ended with exit code ${code}`)));
  return {
    make(task) {
      return new Promise((resolve, reject) => {
        settle = { resolve, reject };
        if (failure !== null) reject(failure);
        else worker.postMessage(task);
      });
    },
    end: () => worker.terminate(),
  };
}
