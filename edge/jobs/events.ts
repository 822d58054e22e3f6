import { isActive, type Job } from './job.ts';
import type { Queue } from './queue/types.ts';

/** Milliseconds after which a line that says nothing shows that the connection lives. */
const SILENCE = 15_000;

/**
 * Server-sent events of a job: its document now, and whenever its phase changes, until there is no further phase.
 * @param documentOf the document, on one line.
 */
export function jobEvents(
  queue: Queue,
  first: Job,
  documentOf: (job: Job) => string,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let told: Job | null = null;
  return new ReadableStream({
    async pull(controller) {
      const job = told === null ? first : await queue.changed(told.id, told.revision, SILENCE);
      if (job === null) return controller.close();
      const text = job.revision === told?.revision ? ':\n\n' : eventOf(job, documentOf);
      told = job;
      controller.enqueue(encoder.encode(text));
      if (!isActive(job.phase)) controller.close();
    },
  });
}

const eventOf = (job: Job, documentOf: (job: Job) => string): string =>
  `event: phase\nid: ${job.revision}\ndata: ${documentOf(job)}\n\n`;
