import type { Release } from '../../engine/catalog/release.ts';
import type { EngineName } from '../../engine/plan/plan.ts';
import type { Batch, Info, Overflow, ResultTable } from '../../engine/table/result.ts';
import { ENGINE, SOFTWARE } from '../service.ts';
import type { TapQuery } from './checked-query.ts';
import type { QueryRequest } from './parameters.ts';

/** IVOA identifier of the protocol (TAP 1.1 §3.1). */
export const STANDARD_ID = 'ivo://ivoa.net/std/TAP';

/** Of every answer, errors among them. */
export const SERVICE_INFOS: readonly Info[] = [
  { name: 'standardID', value: STANDARD_ID },
  { name: 'server_software', value: SOFTWARE },
];

/** An engine as answers name it: both at the edge are `edge`. */
export function engineLabel(engine: EngineName): string {
  return engine === 'postgresql' ? engine : ENGINE;
}

/** Releases as answers name them, such as `hipparcos.stars@2026-11-20`. */
export function releaseLabels(releases: readonly Release[]): string[] {
  return releases.map(({ manifest }) => `${manifest.catalog}@${manifest.release}`);
}

/** Releases that a header names at most: clients and proxies take some thousand bytes of headers. */
const MOST_IN_HEADER = 50;

/** Value of the header Almagest-Release. */
export function releaseHeader(releases: readonly Release[]): string {
  const labels = releaseLabels(releases).map(encodeURI);
  const more = labels.length - MOST_IN_HEADER;
  return labels.slice(0, MOST_IN_HEADER).join(', ') + (more > 0 ? `, and ${more} more` : '');
}

/** The rows of an answer with all that is said about them. */
export function answerTable(
  { query, maxrec, runId }: QueryRequest,
  { checked, releases }: TapQuery,
  engine: EngineName,
  batches: AsyncGenerator<Batch, Overflow, undefined>,
): ResultTable {
  return {
    name: 'result',
    description: null,
    columns: checked.columns,
    infos: [
      ...SERVICE_INFOS,
      { name: 'engine', value: engineLabel(engine) },
      ...releaseLabels(releases).map((value) => ({ name: 'release', value })),
      { name: 'QUERY', value: query },
      { name: 'MAXREC', value: String(maxrec) },
      ...(runId === null ? [] : [{ name: 'RUNID', value: runId }]),
    ],
    batches,
  };
}
