import { votableError } from '../../../engine/table/votable-error.ts';
import { OFFERED, parseResponseFormat, SHORT_NAMES, TAP_FORMATS } from '../../request/response-format.ts';
import type { JobType } from '../job-type.ts';

/** TAP's own limit of a query, which a job cannot exceed: characters. */
const LONGEST_QUERY = 2 ** 20;

/** As people and programs write them; other spellings of the media types are taken, too. */
const FORMATS = [...SHORT_NAMES, ...OFFERED];

/** Queries in ADQL (TAP 1.1 §2). */
export const tapJobs: JobType = {
  name: 'tap',
  path: 'tap/async',
  title: 'Queries in ADQL',
  description: 'A query of the published tables, and of tables that are uploaded with it (TAP 1.1).',
  worker: 'TAP',
  files: true,
  parameters: [
    {
      name: 'QUERY',
      type: 'text',
      description: 'The query.',
      required: true,
      longest: LONGEST_QUERY,
    },
    {
      name: 'LANG',
      type: 'choice',
      description: 'Its language.',
      default: 'ADQL',
      values: ['ADQL', 'ADQL-2.0', 'ADQL-2.1'],
    },
    {
      name: 'RESPONSEFORMAT',
      type: 'text',
      description: 'Format of the result: a short name or a media type.',
      default: TAP_FORMATS.standard.mediaType,
      values: FORMATS,
      check: (text) => parseResponseFormat(text, TAP_FORMATS),
    },
    {
      name: 'FORMAT',
      type: 'text',
      description: 'What RESPONSEFORMAT was called in TAP 1.0.',
      values: FORMATS,
      check: (text) => parseResponseFormat(text, TAP_FORMATS),
    },
    {
      name: 'MAXREC',
      type: 'integer',
      description: 'Most rows of the result.',
      least: 0,
      limits: ({ records }) => ({ default: records.defaultRecords, maximum: records.maxRecords }),
    },
    {
      name: 'UPLOAD',
      type: 'text',
      description:
        'Tables that come along: a name, a comma and param:field (a file of the form) or an http(s) address, several with semicolons between them.',
      repeatable: true,
    },
    {
      name: 'ENGINE',
      type: 'choice',
      description: 'Who shall answer; as a rule the planner chooses.',
      values: ['edge', 'scan', 'duckdb', 'postgresql'],
    },
  ],
  requests: ({ parameters, runId }) => [
    {
      result: 'result',
      path: '/job',
      fields: runId === null ? parameters : [...parameters, ['RUNID', runId]],
    },
  ],
  errorDocument: (message) => ({ body: votableError(message), mediaType: 'application/x-votable+xml' }),
};
