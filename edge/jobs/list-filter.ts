import { given, parameterReader } from '../request/read-parameters.ts';
import type { RawParameters } from '../request/request-parameters.ts';
import { parseCount } from '../request/values.ts';
import { quoted, RequestError } from '../request-error.ts';
import { parseDateTime } from './controls.ts';
import { type ListFilter, PHASES } from './job.ts';

/**
 * PHASE (any number of them), AFTER and LAST of a list (UWS 1.1 §2.2.2.1).
 * @throws RequestError (400) that names what is wrong.
 */
export function readListFilter(raw: RawParameters): ListFilter {
  const { read, refuseFaults } = parameterReader(raw, ['AFTER', 'LAST']);
  const filter = {
    // Each once: the database takes a hundred values at most.
    phases: given(raw, 'PHASE') === undefined ? null : [...new Set(raw.get('PHASE')!.map(phaseOf))],
    after: read<number | null>('AFTER', null, parseDateTime),
    last: read<number | null>('LAST', null, (text) => parseCount(text, 'jobs')),
  };
  refuseFaults();
  return filter;
}

function phaseOf(text: string): string {
  const word = text.trim().toUpperCase();
  if (PHASES.includes(word)) return word;
  throw new RequestError(400, `PHASE ${quoted(text)} is none of ${PHASES.join(', ')}.`);
}
