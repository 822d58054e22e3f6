import { votableError } from '../engine/table/votable-error.ts';
import { JOB_SECONDS } from './jobs/job-type.ts';

/** A worker that answers requests for this one, by a service binding. */
export interface WorkerBinding {
  /** @throws Error where the worker does not run just now. */
  fetch(request: Request): Promise<Response>;
}

/** A worker and what a client is told where it is absent or down. */
export interface Absence {
  /** What is handed over to it: this path and what is below. */
  readonly below: string;
  /** What the worker does, at the beginning of a sentence. */
  readonly what: string;
  /** The error document of the worker's protocol. */
  readonly document: (message: string) => { readonly body: string; readonly mediaType: string };
}

const RETRY_SECONDS = '60';

/** TAP's errors are VOTables (DALI 1.1 §4.2). */
export const NO_TAP: Absence = { below: '/tap', what: 'TAP', document: votableDocument };

/** SODA's errors are texts (SODA 1.0 §5.2). */
export const NO_SODA: Absence = { below: '/soda', what: 'SODA', document: textDocument };

/** Of jobs below TAP, and below SODA. */
export const NO_TAP_JOBS: Absence = {
  below: '/tap/async',
  what: 'The queue of jobs',
  document: votableDocument,
};
export const NO_SODA_JOBS: Absence = {
  below: '/soda/async',
  what: 'The queue of jobs',
  document: textDocument,
};

/**
 * Hands a request over as it came and gives back the answer as it comes: the body streams both ways, nothing is encoded again, and a
 * client that leaves leaves that worker too. Where there is none, or it is down, the answer is 503 and a document that says so.
 *
 * Workers have addresses for one another beside those of clients: a request leads to none of them, by its path (`/tap/../job`) or by the
 * header that such requests have.
 */
export async function answerFromWorker(
  worker: WorkerBinding | null,
  request: Request,
  { below, what, document }: Absence,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname !== below && !pathname.startsWith(`${below}/`))
    return new Response('There is nothing at this address.\n', { status: 404 });
  if (worker === null)
    return unavailable(document(`${what} is no part of this service: the worker is not bound to it.`), {});
  try {
    return await worker.fetch(withoutOrders(request));
  } catch (error) {
    console.error(`${what}: ${error instanceof Error ? error.message : error}`);
    const message = `${what} cannot be reached just now, cone searches can. Please try again in a minute.`;
    return unavailable(document(message), { 'retry-after': RETRY_SECONDS });
  }
}

function withoutOrders(request: Request): Request {
  if (!request.headers.has(JOB_SECONDS)) return request;
  const headers = new Headers(request.headers);
  headers.delete(JOB_SECONDS);
  return new Request(request, { headers });
}

function unavailable(
  { body, mediaType }: ReturnType<Absence['document']>,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(body, {
    status: 503,
    headers: {
      'content-type': mediaType,
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
      ...headers,
    },
  });
}

function votableDocument(message: string): ReturnType<Absence['document']> {
  return { body: votableError(message), mediaType: 'application/x-votable+xml' };
}

function textDocument(message: string): ReturnType<Absence['document']> {
  return { body: `ServiceUnavailable: ${message}\n`, mediaType: 'text/plain;charset=utf-8' };
}
