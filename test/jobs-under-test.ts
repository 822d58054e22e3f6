import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import type { JobDocument } from '../edge/jobs/documents/job-document.ts';
import { type JobsApp, jobsAppOver } from './jobs-app.ts';

/** What a job asked the worker that does the work. */
export interface WorkRequest {
  readonly path: string;
  readonly form: FormData;
}

export const JSON_ONLY = { accept: 'application/json' };
export const QUERY = 'SELECT *\nFROM a.b WHERE x < 3 AND "y" <> \'ö\t&\'';

/** Jobs for the tests of a file, made before them and gone after them, with short limits; and how to ask for them. */
export function jobsUnderTest() {
  let app: JobsApp;
  let answers: (() => Response)[] = [];
  const requests: WorkRequest[] = [];

  before(async () => {
    app = await jobsAppOver({
      run: async (request) => {
        requests.push({ path: new URL(request.url).pathname, form: await request.formData() });
        const answer = answers.shift();
        if (answer !== undefined) return answer();
        const { promise, reject } = Promise.withResolvers<Response>();
        request.signal.addEventListener('abort', () => reject(request.signal.reason));
        return promise;
      },
      settings: {
        JOB_BODY_BYTES: '100000',
        JOB_WAIT_SECONDS: '5',
        JOB_SECONDS: '1000',
        JOB_DEFAULT_SECONDS: '600',
        TAP_JOB_DEFAULT_RECORDS: '500',
        TAP_JOB_MAX_RECORDS: '10000000',
      },
    });
  });
  after(() => app.close());
  beforeEach(() => {
    answers = [];
    requests.length = 0;
  });

  const post = (path: string, fields: Record<string, string> | [string, string][] = {}, headers = {}) =>
    app.request(path, { method: 'POST', body: new URLSearchParams(fields), headers });

  async function text(path: string, headers = {}): Promise<string> {
    const response = await app.request(path, { headers });
    assert.equal(response.status, 200, path);
    return response.text();
  }

  return {
    /** There only once tests run. */
    app: {
      get sql() {
        return app.sql;
      },
      get queue() {
        return app.queue;
      },
      get folder() {
        return app.folder;
      },
      request: (address: string, init?: RequestInit) => app.request(address, init),
      settled: () => app.settled(),
    },
    requests,
    /** Of the next requests that jobs make; those without wait to be aborted. */
    answerWith(...next: (() => Response)[]): void {
      answers = next;
    },
    post,
    text,
    /** Makes a job and gives its path. */
    async made(fields: Record<string, string> = {}, list = '/tap/async'): Promise<string> {
      const response = await post(list, fields);
      assert.equal(response.status, 303, await response.text());
      return new URL(response.headers.get('location')!).pathname;
    },
    async json(path: string): Promise<JobDocument> {
      return JSON.parse(await text(path, JSON_ONLY));
    },
    /** The message of an error document. */
    async refusal(answer: Promise<Response>, status: number): Promise<string> {
      const response = await answer;
      const body = await response.text();
      assert.equal(response.status, status, body);
      assert.equal(response.headers.get('content-type'), 'application/x-votable+xml');
      return /<INFO name="QUERY_STATUS" value="ERROR">([^<]*)</.exec(body)![1]!.replaceAll('&quot;', '"');
    },
  };
}
