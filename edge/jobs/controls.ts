import { type Parsed, parseDecimal } from '../request/values.ts';
import { quoted } from '../request-error.ts';
import type { JobChange } from './queue/types.ts';
import type { JobLimits } from './settings.ts';

/** A parameter that says how a job is handled, whatever its type. */
export interface Control {
  readonly name: string;
  readonly description: string;
}

export const CONTROLS: readonly Control[] = [
  { name: 'PHASE', description: 'RUN: the job shall run, as soon as it is its turn. ABORT: it shall end.' },
  { name: 'RUNID', description: 'A name of your own, of 64 characters at most.' },
  {
    name: 'EXECUTIONDURATION',
    description: 'Seconds that the job may run; 0: as long as is possible here.',
  },
  {
    name: 'DESTRUCTION',
    description: 'When the job and its results are destroyed: UTC, as ISO 8601 has it.',
  },
  {
    name: 'WEBHOOK',
    description: 'An http or https address to which the document of the job is posted when it has ended.',
  },
];

export const CONTROL_NAMES: ReadonlySet<string> = new Set(CONTROLS.map(({ name }) => name));

/** DALI 1.1 §3.4.6. */
const LONGEST_RUNID = 64;
const LONGEST_WEBHOOK = 2000;
const DAY = 86_400_000;

export function parsePhase(text: string): Parsed<NonNullable<JobChange['phase']>> {
  const word = text.trim().toUpperCase();
  if (word === 'RUN' || word === 'ABORT') return { value: word };
  return { fault: `${quoted(text)} is neither RUN nor ABORT` };
}

export function parseRunId(text: string): Parsed<string> {
  if (text.length <= LONGEST_RUNID) return { value: text };
  return { fault: `${quoted(text)} is longer than ${LONGEST_RUNID} characters` };
}

/** Seconds; what is more than possible becomes as much as is (UWS 1.1 §2.2.3.4). */
export function parseExecutionDuration(text: string, { seconds }: JobLimits): Parsed<number> {
  const parsed = parseDecimal(text);
  if ('fault' in parsed) return parsed;
  if (parsed.value < 0)
    return { fault: `${quoted(text)} is negative: give seconds, 0 for as many as are possible` };
  const whole = Math.ceil(parsed.value);
  return { value: whole === 0 ? seconds : Math.min(whole, seconds) };
}

// ISO 8601 as DALI 1.1 §3.3.3 has it, and with what other services accept: a space for the T, a Z or none, which both mean UTC.
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?)?(?:Z|[+-]00:?00)?$/i;

/** Milliseconds since 1970. */
export function parseDateTime(text: string): Parsed<number> {
  const fault = { fault: `${quoted(text)} is no time such as 2026-11-30T12:00:00Z (UTC)` };
  const match = DATE_TIME.exec(text.trim());
  if (match === null) return fault;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = ''] = match;
  const value = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}Z`);
  // Date.parse takes February 30th for March 2nd.
  if (Number.isNaN(value) || new Date(value).getUTCDate() !== Number(day)) return fault;
  return { value };
}

/** Between now and as late as is possible for a job of that age (UWS 1.1 §2.2.3.3). */
export function parseDestruction(text: string, created: number, { days }: JobLimits): Parsed<number> {
  const parsed = parseDateTime(text);
  if ('fault' in parsed) return parsed;
  return { value: Math.min(parsed.value, latestDestruction(created, days)) };
}

export function latestDestruction(created: number, days: number): number {
  return created + days * DAY;
}

/**
 * An address to which a note may go.
 * @param privateNetwork whether it may be one of this network.
 */
export function parseWebhook(text: string, privateNetwork: boolean): Parsed<string> {
  const url = URL.parse(text.trim());
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return { fault: `${quoted(text)} is no address such as https://example.org/done` };
  }
  if (text.length > LONGEST_WEBHOOK) return { fault: `is longer than ${LONGEST_WEBHOOK} characters` };
  if (url.username !== '' || url.password !== '') {
    return {
      fault: `${quoted(url.host)} has a user or a password in it, which anyone who knows the job could read`,
    };
  }
  if (!privateNetwork && !isPublicHost(url.hostname)) {
    return { fault: `${quoted(url.hostname)} is not an address of the Internet` };
  }
  return { value: url.href };
}

/**
 * Whether a host could be a public one, as far as its name tells. What it tells is only a hint for its client: the network refuses private
 * addresses when it knows what the name means.
 */
function isPublicHost(host: string): boolean {
  if (host.startsWith('[')) return /^\[2[0-9a-f]{3}:/.test(host);
  const parts = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(host);
  if (parts === null) return host.includes('.') && !/\.(local|localhost|internal|home\.arpa)\.?$/.test(host);
  const [first, second] = [Number(parts[1]), Number(parts[2])];
  const isPrivate =
    [0, 10, 127].includes(first) ||
    first >= 224 ||
    (first === 100 && second >= 64 && second < 128) ||
    (first === 169 && second === 254) ||
    (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168);
  return !isPrivate;
}
