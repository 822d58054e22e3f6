import type { Context } from 'hono';
import { JOB_SECONDS } from '../jobs/job-type.ts';
import { JOB_OUTCOME, outcomeBytes } from '../jobs/outcome.ts';
import type { TakeTurn } from '../request/turns.ts';
import type { Engines, RunQuery } from './engines/engines.ts';
import { describeTapFailure } from './failure.ts';
import type { TapService } from './service.ts';
import { answerQuery } from './sync.ts';
import { withTapForm } from './uploads/tap-form.ts';

/**
 * Runs the query of a job for the worker of jobs, which alone can reach this: no address that the edge worker hands over leads here. The
 * answer is the job's result, and after it how the query ended, which no format but VOTable has a place for.
 */
export async function runTapJob(service: TapService, c: Context, takeTurn: TakeTurn): Promise<Response> {
  const { limits } = service;
  const seconds = Number(c.req.header(JOB_SECONDS) ?? limits.seconds);
  const watched = watchedEngines(service.engines);
  try {
    const ofJob = { ...service, engines: watched.engines, limits: { ...limits, ...limits.ofJobs, seconds } };
    const { raw } = c.req;
    const answer = await withTapForm(raw, service.uploadLimits, takeTurn, 1000 * seconds, (form) =>
      answerQuery(ofJob, form, raw, (promise) => c.executionCtx.waitUntil(promise)),
    );
    const headers = new Headers(answer.headers);
    headers.delete('content-length');
    headers.set(JOB_OUTCOME, 'last');
    return new Response(withOutcome(answer.body!, watched.failure), { headers });
  } catch (error) {
    const { status, message } = describeTapFailure(error);
    return c.text(message, status);
  }
}

/** Engines that remember why the last of them that answered failed. */
function watchedEngines(engines: Engines): { engines: Engines; failure(): unknown } {
  let failure: unknown = null;
  const watched = (run: RunQuery | null): RunQuery | null =>
    run &&
    async function* (...query) {
      failure = null;
      try {
        return yield* run(...query);
      } catch (error) {
        failure = error;
        throw error;
      }
    };
  const { scan, duckdb, postgresql } = engines;
  return {
    engines: { scan: watched(scan), duckdb: watched(duckdb), postgresql: watched(postgresql) },
    failure: () => failure,
  };
}

function withOutcome(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  failure: () => unknown,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      let fault: unknown = null;
      const { done, value } = await reader.read().catch((error) => {
        fault = error;
        return { done: true, value: undefined };
      });
      if (!done) return controller.enqueue(value!);
      const error = failure() ?? fault;
      controller.enqueue(outcomeBytes({ error: error === null ? null : describeTapFailure(error).message }));
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
