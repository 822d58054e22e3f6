import type { StoredJob } from './store.ts';

/** Sends the note that a job has ended. @returns what went wrong; null if nothing did. */
export type Notify = (job: StoredJob) => Promise<string | null>;

/** Milliseconds after a note that failed before it is sent again. */
const DELAYS = [10_000, 60_000, 600_000];

/** When a note is sent again that has failed so many times; null: never. */
export function nextAttempt(attempts: number, now: number): number | null {
  const delay = DELAYS[attempts - 1];
  return delay === undefined ? null : now + delay;
}

/** Milliseconds for an answer. */
const PATIENCE = 10_000;

/**
 * Posts the job's JSON document to the address that its client gave. Redirects are not followed: they could lead anywhere. Where the
 * address may lead is the network's matter, which knows what its name means at that moment.
 * @param documentOf the document, as text.
 */
export function webhook(documentOf: (job: StoredJob) => string): Notify {
  return async (job) => {
    try {
      const response = await fetch(job.webhook!, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: documentOf(job),
        redirect: 'manual',
        signal: AbortSignal.timeout(PATIENCE),
      });
      await response.body?.cancel();
      return response.ok ? null : `The address answered ${response.status}.`;
    } catch {
      return 'The address could not be reached.';
    }
  };
}
