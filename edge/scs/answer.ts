import type { Release } from '../../engine/catalog/release.ts';
import { coneSearch } from '../../engine/cone/cone-search.ts';
import type { Engine } from '../../engine/engine.ts';
import { remembered } from '../../engine/remembered.ts';
import type { Info, ResultTable } from '../../engine/table/result.ts';
import { noRows } from '../answer/no-rows.ts';
import { ENGINE, SOFTWARE } from '../service.ts';
import { asScsColumns, columnsOf } from './columns.ts';
import type { ConeQuery } from './parameters.ts';

/** IVOA identifier of the protocol (SCS 1.03, SimpleDALRegExt 1.1 §3.1). */
export const STANDARD_ID = 'ivo://ivoa.net/std/ConeSearch';

/**
 * The answer to a cone search as SCS 1.03 §2.2 wants it: the identifier as text, the main columns under their UCD1 words, and
 * from VERB=2 on the separation from the centre.
 */
export function answerCone(engine: Engine, release: Release, query: ConeQuery): ResultTable {
  const { cone, limit, sorted, nearest, verbosity } = query;
  const { table } = release.manifest;
  const result = coneSearch(engine, release, {
    cone,
    columns: columnsOf(table, verbosity),
    limit,
    sorted,
    nearest,
    separation: verbosity > 1 || sorted || nearest !== null,
  });
  return {
    ...result,
    columns: asScsColumns(table)(result.columns),
    infos: [...answerInfos(release, query), ...result.infos],
    batches: wantsRows(query) ? result.batches : noRows(limit === 0),
  };
}

/** SR=0 (SCS 1.03 §2.1) and MAXREC=0 (DALI 1.1 §3.4.4) ask only what the columns are. */
function wantsRows({ cone, limit }: ConeQuery): boolean {
  return cone.radius > 0 && limit > 0;
}

function answerInfos(release: Release, { cone, verbosity, limit, sorted, nearest }: ConeQuery): Info[] {
  return [
    ...releaseInfos(release),
    { name: 'RA', value: String(cone.lon) },
    { name: 'DEC', value: String(cone.lat) },
    { name: 'SR', value: String(cone.radius) },
    { name: 'VERB', value: String(verbosity) },
    { name: 'MAXREC', value: String(limit) },
    { name: 'SORT', value: sorted || nearest !== null ? 'separation' : 'none' },
    ...(nearest === null ? [] : [{ name: 'NEAREST', value: String(nearest) }]),
  ];
}

export const releaseInfos = remembered(({ manifest }: Release): readonly Info[] => [
  { name: 'standardID', value: STANDARD_ID },
  { name: 'server_software', value: SOFTWARE },
  { name: 'engine', value: ENGINE },
  { name: 'catalog', value: manifest.catalog },
  { name: 'release', value: manifest.release },
]);
