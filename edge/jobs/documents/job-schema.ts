import { PHASES } from '../job.ts';

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const orNull = (schema: { readonly type: string }) => ({ ...schema, type: [schema.type, 'null'] });

/** An object all of whose members are required, and which has no others. */
function exactly(properties: Readonly<Record<string, object>>) {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

const phase = { enum: PHASES };

const parameter = exactly({ id: text, value: text });

const result = exactly({
  id: text,
  href: { type: 'string', format: 'uri' },
  mimeType: text,
  size: { type: 'integer', minimum: 0, description: 'Bytes' },
});

const job = exactly({
  version: { const: '1.1' },
  jobId: text,
  runId: orNull(text),
  ownerId: orNull(text),
  phase,
  quote: orNull(time),
  creationTime: time,
  startTime: orNull(time),
  endTime: orNull(time),
  executionDuration: { type: 'integer', minimum: 0, description: 'Seconds' },
  destruction: time,
  parameters: { type: 'array', items: { $ref: '#/$defs/parameter' } },
  results: { type: 'array', items: { $ref: '#/$defs/result' } },
  errorSummary: {
    anyOf: [
      { type: 'null' },
      exactly({ type: { enum: ['fatal', 'transient'] }, hasDetail: { type: 'boolean' }, message: text }),
    ],
  },
  jobInfo: {
    anyOf: [
      { type: 'null' },
      exactly({
        notification: exactly({
          state: { enum: ['waiting', 'sent', 'failed'] },
          reason: { type: ['string', 'null'] },
        }),
      }),
    ],
  },
});

const jobs = exactly({
  version: { const: '1.1' },
  jobs: {
    type: 'array',
    items: exactly({
      id: text,
      href: { type: 'string', format: 'uri' },
      phase,
      runId: orNull(text),
      ownerId: orNull(text),
      creationTime: time,
    }),
  },
});

/**
 * JSON Schema (2020-12) of all JSON documents of jobs.
 * @param url where it is published.
 */
export function jobSchema(url: string) {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: url,
    title: 'Documents of asynchronous jobs: UWS 1.1 in JSON',
    anyOf: [
      { $ref: '#/$defs/job' },
      { $ref: '#/$defs/jobs' },
      { $ref: '#/$defs/parameters' },
      { $ref: '#/$defs/results' },
      { $ref: '#/$defs/error' },
    ],
    $defs: {
      job,
      jobs,
      parameter,
      result,
      parameters: exactly({ parameters: { type: 'array', items: { $ref: '#/$defs/parameter' } } }),
      results: exactly({ results: { type: 'array', items: { $ref: '#/$defs/result' } } }),
      error: exactly({ error: text }),
    },
  };
}
