import { votableError } from '../engine/table/votable-error.ts';

/** The worker that answers TAP, by its service binding. */
export interface TapWorker {
  /** @throws Error where the worker does not run just now. */
  fetch(request: Request): Promise<Response>;
}

const ABSENT = 'This service has no TAP: the worker that answers it is not bound to it.';
const DOWN = 'TAP cannot be reached just now, cone searches can. Please try again in a minute.';
const RETRY_SECONDS = '60';

/**
 * Hands a request over as it came and gives back the answer as it comes: the body streams both ways, nothing is encoded again, and a
 * client that leaves leaves the TAP worker too. Where there is none, or it is down, the answer is 503 and a VOTable that says so (DALI 1.1 §4.2).
 */
export async function answerFromTap(tap: TapWorker | null, request: Request): Promise<Response> {
  if (tap === null) return unavailable(ABSENT, {});
  try {
    return await tap.fetch(request);
  } catch (error) {
    console.error(`TAP worker: ${error instanceof Error ? error.message : error}`);
    return unavailable(DOWN, { 'retry-after': RETRY_SECONDS });
  }
}

function unavailable(message: string, headers: Readonly<Record<string, string>>): Response {
  return new Response(votableError(message), {
    status: 503,
    headers: {
      'content-type': 'application/x-votable+xml',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
      ...headers,
    },
  });
}
