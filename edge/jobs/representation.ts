import { parseAccept } from 'hono/utils/accept';
import { given } from '../request/read-parameters.ts';
import type { RawParameters } from '../request/request-parameters.ts';
import { parseChoice } from '../request/values.ts';
import { RequestError } from '../request-error.ts';

export type Representation = 'xml' | 'json' | 'events';

const BY_NAME = {
  xml: 'xml',
  'text/xml': 'xml',
  'application/xml': 'xml',
  json: 'json',
  'application/json': 'json',
} as const;

/**
 * How a document of jobs is to be written: as RESPONSEFORMAT says, else as Accept likes it best, else XML.
 * @throws RequestError (400) for another RESPONSEFORMAT.
 */
export function representationOf(raw: RawParameters, accept: string | undefined): Representation {
  const asked = given(raw, 'RESPONSEFORMAT');
  if (asked !== undefined) {
    const parsed = parseChoice(asked, BY_NAME);
    if ('fault' in parsed) throw new RequestError(400, `RESPONSEFORMAT ${parsed.fault}.`);
    return parsed.value;
  }
  return likedBest(accept);
}

/** As Accept likes it best; XML where it likes nothing that there is. */
export function likedBest(accept: string | undefined): Representation {
  for (const { type, q } of parseAccept(accept ?? '')) {
    const name = type.toLowerCase();
    if (q === 0) continue;
    if (name === 'text/event-stream') return 'events';
    if (Object.hasOwn(BY_NAME, name)) return BY_NAME[name as keyof typeof BY_NAME];
    if (name === '*/*' || name === 'text/html') return 'xml';
  }
  return 'xml';
}
