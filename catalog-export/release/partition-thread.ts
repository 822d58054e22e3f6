/** A thread of an export, which makes partitions of the tasks that it is sent, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import {
  type MadePartition,
  makePartitions,
  type PartitionTask,
  type PartitionWork,
} from './make-partitions.ts';

/** What comes back for each task. */
export type ThreadAnswer = { readonly made: MadePartition[] } | { readonly error: string };

const port = parentPort!;
const work = workerData as PartitionWork;

port.on('message', (task: PartitionTask) => {
  try {
    const made = [...makePartitions(work, task)];
    const files = made.flatMap(({ file }) => (file === null ? [] : [file.bytes.buffer]));
    port.postMessage({ made } satisfies ThreadAnswer, files);
  } catch (error) {
    port.postMessage({ error: (error as Error).message } satisfies ThreadAnswer);
  }
});
