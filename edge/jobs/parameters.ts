import { type Parsed, parseDecimal } from '../request/values.ts';
import { quoted, RequestError } from '../request-error.ts';
import {
  CONTROL_NAMES,
  latestDestruction,
  parseDestruction,
  parseExecutionDuration,
  parsePhase,
  parseRunId,
  parseWebhook,
} from './controls.ts';
import type { Form } from './form.ts';
import type { JobParameters } from './job.ts';
import type { JobParameter, JobType } from './job-type.ts';
import type { JobChange } from './queue/types.ts';
import type { JobServiceSettings } from './settings.ts';

/** What a request wants of a job: how it is handled, and what it is asked. */
export type JobWish = Omit<JobChange, 'files'>;

/** Characters of all parameters of a job: a row of the queue's database has two million bytes at most. */
const LONGEST_PARAMETERS = 1_500_000;

/**
 * Reads a request that makes or changes a job. Parameters that the type does not know are ignored (DALI 1.1 §3).
 * @param created when the job was made, milliseconds since 1970.
 * @throws RequestError (400) that names every parameter of how the job is handled that is repeated or wrong, and what would be right; 413
 *   for too much of the others.
 */
export function readWish(
  { fields }: Pick<Form, 'fields'>,
  type: JobType,
  created: number,
  { limits, privateNetwork }: Pick<JobServiceSettings, 'limits' | 'privateNetwork'>,
): JobWish {
  const faults: string[] = [];
  function control<T>(name: string, parse: (text: string) => Parsed<T>): T | undefined {
    const values = valuesOf(fields, name);
    if (values.length > 1) faults.push(`${name} is given ${values.length} times: give it once`);
    if (values.length !== 1) return undefined;
    const parsed = parse(values[0]!);
    if ('value' in parsed) return parsed.value;
    faults.push(`${name} ${parsed.fault}`);
    return undefined;
  }

  const phase = control('PHASE', parsePhase);
  const runId = control('RUNID', parseRunId);
  const executionDuration = control('EXECUTIONDURATION', (text) => parseExecutionDuration(text, limits));
  const destruction = control('DESTRUCTION', (text) => parseDestruction(text, created, limits));
  const webhook = control('WEBHOOK', (text) => parseWebhook(text, privateNetwork));
  const parameters = typeParameters(fields, type);
  if (faults.length > 0) throw new RequestError(400, `${faults.join('. ')}.`);
  return {
    ...(phase !== undefined && { phase }),
    ...(runId !== undefined && { runId }),
    ...(executionDuration !== undefined && { executionDuration }),
    ...(destruction !== undefined && { destruction }),
    ...(webhook !== undefined && { webhook }),
    ...(parameters.length > 0 && { parameters }),
  };
}

/** Seconds and destruction of a job whose client asks for none. */
export function standardLimits(created: number, { limits }: Pick<JobServiceSettings, 'limits'>) {
  return {
    executionDuration: limits.defaultSeconds,
    destruction: latestDestruction(created, limits.defaultDays),
  };
}

/** Those that the type knows. What is wrong with them is said when the job runs, as clients of TAP expect it: see `parameterFaults`. */
function typeParameters(fields: Form['fields'], type: JobType): JobParameters {
  const known = new Set(type.parameters.map(({ name }) => name));
  const given = fields.filter(([name]) => known.has(name) && !CONTROL_NAMES.has(name));
  const characters = given.reduce((sum, [, value]) => sum + value.length, 0);
  if (characters > LONGEST_PARAMETERS) {
    throw new RequestError(413, `The parameters have more than ${LONGEST_PARAMETERS} characters.`);
  }
  return given;
}

/** What of the parameters of a job is missing, repeated or wrong, and what would be right. */
export function parameterFaults(type: JobType, parameters: JobParameters): string[] {
  return type.parameters.flatMap((parameter) => {
    const { name, required = false, repeatable = false } = parameter;
    const values = valuesOf(parameters, name);
    if (values.length === 0) return required ? [`${name} is missing`] : [];
    const wrong = values.map((value) => faultOf(value, parameter)).filter((fault) => fault !== null);
    if (values.length > 1 && !repeatable) wrong.push(`is given ${values.length} times: give it once`);
    return wrong.map((fault) => `${name} ${fault}`);
  });
}

/** Each once: what is given again with the same value is in no doubt. */
function valuesOf(given: JobParameters, name: string): string[] {
  return [...new Set(given.filter(([other]) => other === name).map(([, value]) => value))];
}

function faultOf(text: string, parameter: JobParameter): string | null {
  const { type, values = [], longest, check } = parameter;
  if (longest !== undefined && text.length > longest) {
    return `has ${text.length} characters, more than ${longest}`;
  }
  if (type === 'choice' && !values.some((value) => value.toLowerCase() === text.trim().toLowerCase())) {
    return `${quoted(text)} is none of ${values.join(', ')}`;
  }
  if (type === 'integer' || type === 'number') {
    const fault = numberFault(text, parameter);
    if (fault !== null) return fault;
  }
  const checked = check?.(text);
  return checked !== undefined && 'fault' in checked ? checked.fault : null;
}

function numberFault(
  text: string,
  { type, least = -Infinity, most = Infinity }: JobParameter,
): string | null {
  const parsed = parseDecimal(text);
  if ('fault' in parsed) return parsed.fault;
  const { value } = parsed;
  if (type === 'integer' && !Number.isInteger(value)) return `${quoted(text)} is not a whole number`;
  if (value < least) return `${quoted(text)} is less than ${least}`;
  return value > most ? `${quoted(text)} is more than ${most}` : null;
}
