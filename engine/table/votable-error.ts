import type { Info } from './result.ts';
import { infoElement, RESOURCE_CLOSE, VOTABLE_CLOSE, VOTABLE_OPEN } from './votable-header.ts';

/**
 * The document that answers a request that failed: in the RESOURCE `QUERY_STATUS="ERROR"` with the message as text
 * (DALI 1.1 §4.2), and below VOTABLE, where SCS 1.03 §2.3 (with Erratum 3) prefers it, the INFO named `Error`.
 * @param message what was wrong and what would be right; no markup.
 * @param infos more facts, such as the service's standard.
 */
export function votableError(message: string, infos: readonly Info[] = []): string {
  return [
    VOTABLE_OPEN,
    infoElement({ name: 'Error', value: message }),
    '<RESOURCE type="results">\n',
    infoElement({ name: 'QUERY_STATUS', value: 'ERROR', text: message }),
    ...infos.map(infoElement),
    RESOURCE_CLOSE,
    VOTABLE_CLOSE,
  ].join('');
}
