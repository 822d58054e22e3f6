import { JOB_SECONDS } from '../jobs/job-type.ts';
import { requestParameters } from '../request/request-parameters.ts';
import { answerCutout } from './answer.ts';
import { parseCutoutRequest } from './request.ts';
import type { SodaService } from './service.ts';

/**
 * A job's cutout, for the jobs worker, which keeps the answer as the job's result. Where no pixel is asked for that is a text that says so
 * (SODA 1.0 §6).
 */
export async function answerJob(service: SodaService, request: Request): Promise<Response> {
  const parsed = parseCutoutRequest(await requestParameters(request));
  const seconds = Number(request.headers.get(JOB_SECONDS)) || service.limits.seconds;
  const answer = await answerCutout(service, parsed, undefined, seconds);
  if (answer.status !== 204) return answer;
  return new Response(NOTHING, { headers: { 'content-type': 'text/plain;charset=utf-8' } });
}

const NOTHING = 'UsageError: No pixel of the image is within what was asked for.\n';
