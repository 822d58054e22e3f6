import { given, parameterReader, withoutRepeats } from '../request/read-parameters.ts';
import type { RawParameters } from '../request/request-parameters.ts';
import {
  negotiateFormat,
  parseResponseFormat,
  type ResponseFormat,
  TAP_FORMATS,
} from '../request/response-format.ts';
import { type Parsed, parseChoice, parseCount } from '../request/values.ts';
import { quoted } from '../request-error.ts';
import type { TapLimits } from './service.ts';
import { type NamedUpload, parseUploads } from './uploads/upload-parameter.ts';

/** Who shall answer: one of the engines, or `edge` for whichever at the edge can. */
export type ForcedEngine = 'edge' | 'scan' | 'duckdb' | 'postgresql';

/** A query request that makes sense (TAP 1.1 §2). */
export interface QueryRequest {
  /** ADQL. */
  readonly query: string;
  /** Most rows of the answer. */
  readonly maxrec: number;
  readonly format: ResponseFormat;
  /** Null where the client gives none. */
  readonly runId: string | null;
  /** Null where the planner is to choose. */
  readonly engine: ForcedEngine | null;
  /** Tables that came with the query. */
  readonly uploads: readonly NamedUpload[];
  /** How the plan shall be told, in place of rows; null where rows are wanted. */
  readonly plan: 'text' | 'json' | null;
}

const PARAMETERS = [
  'REQUEST',
  'LANG',
  'QUERY',
  'MAXREC',
  'RESPONSEFORMAT',
  'FORMAT',
  'RUNID',
  'ENGINE',
  'PLAN',
] as const;

const REQUESTS = { doquery: 'doQuery', getcapabilities: 'getCapabilities' } as const;
const LANGUAGES = { adql: 'ADQL', 'adql-2.0': 'ADQL', 'adql-2.1': 'ADQL' } as const;
const ENGINES = { edge: 'edge', scan: 'scan', duckdb: 'duckdb', postgresql: 'postgresql' } as const;
const PLANS = { text: 'text', json: 'json' } as const;

/** DALI 1.1 §3.4.6: at most 64 characters need be kept. */
const LONGEST_RUNID = 64;

/** Whether a request asks for the capabilities, as TAP 1.0 §2.3.1 has it. */
export function asksForCapabilities(raw: RawParameters): boolean {
  return given(raw, 'REQUEST')?.trim().toLowerCase() === 'getcapabilities';
}

/**
 * Reads a request. Names and words have no case; a parameter without a value counts as not given, one that is given again with the same
 * value as given once; parameters that are not TAP's are ignored (DALI 1.1 §3).
 * @param accept the Accept header, which counts where RESPONSEFORMAT and FORMAT are not given.
 * @throws RequestError (400) that names every parameter that is missing, repeated or wrong, and what would be right.
 */
export function parseQueryRequest(
  all: RawParameters,
  accept: string | undefined,
  limits: TapLimits,
): QueryRequest {
  const raw = withoutRepeats(all);
  const uploads = parseUploads(raw.get('UPLOAD') ?? []);
  const faults = [...missing(raw), ...('fault' in uploads ? [`UPLOAD ${uploads.fault}`] : [])];
  const { read, refuseFaults } = parameterReader(raw, PARAMETERS, faults);
  read('REQUEST', null, (text) => parseChoice(text, REQUESTS));
  read('LANG', null, (text) => parseChoice(text, LANGUAGES));
  const format = negotiateFormat(accept, TAP_FORMATS);
  const asked = (name: 'FORMAT' | 'RESPONSEFORMAT', absent: ResponseFormat) =>
    read(name, absent, (text) => parseResponseFormat(text, TAP_FORMATS));
  const request: QueryRequest = {
    query: given(raw, 'QUERY') ?? '',
    maxrec: Math.min(read('MAXREC', limits.defaultRecords, parseCount), limits.maxRecords),
    // TAP 1.1 §2.7.4: FORMAT is what RESPONSEFORMAT was called before.
    format: asked('RESPONSEFORMAT', asked('FORMAT', format)),
    runId: read<string | null>('RUNID', null, parseRunId),
    engine: read<ForcedEngine | null>('ENGINE', null, (text) => parseChoice(text, ENGINES)),
    uploads: 'value' in uploads ? uploads.value : [],
    plan: read<'text' | 'json' | null>('PLAN', null, (text) => parseChoice(text, PLANS)),
  };
  refuseFaults();
  return request;
}

function missing(raw: RawParameters): string[] {
  if (given(raw, 'QUERY') !== undefined) return [];
  return ['QUERY is missing: give a query in ADQL, such as SELECT * FROM tap_schema.tables'];
}

function parseRunId(text: string): Parsed<string> {
  if (text.length <= LONGEST_RUNID) return { value: text };
  return { fault: `${quoted(text)} is longer than ${LONGEST_RUNID} characters` };
}
