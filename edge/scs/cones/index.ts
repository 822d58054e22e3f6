import type { Release } from '../../../engine/catalog/release.ts';
import { conesSearch } from '../../../engine/cone/cones-search.ts';
import type { Engine } from '../../../engine/engine.ts';
import { atBorder } from '../../../engine/obscore/border.ts';
import { writerFor } from '../../../engine/table/formats.ts';
import type { Info, ResultTable } from '../../../engine/table/result.ts';
import { answerBody } from '../../answer/answer-body.ts';
import { attachment } from '../../answer/attachment.ts';
import { noRows } from '../../answer/no-rows.ts';
import { openPositions } from '../../catalogs.ts';
import { ALMAGEST_ENGINE, ALMAGEST_RELEASE } from '../../headers.ts';
import { ENGINE, type Service, serviceRoot } from '../../service.ts';
import { releaseInfos } from '../answer.ts';
import { asScsColumns, columnsOf } from '../columns.ts';
import { type ConesParameters, parseConesParameters } from './parameters.ts';
import { type Positions, parsePositions } from './positions.ts';
import { readConesRequest } from './request.ts';

/**
 * Cone searches around all positions of a list that is sent, in one answer.
 * @param address of the catalogue, as the request names it.
 * @throws RequestError for a list or parameters that make no sense.
 */
export async function answerCones(service: Service, address: string, request: Request): Promise<Response> {
  const { engine, limits } = service;
  const release = await openPositions(engine, address);
  const { parameters: raw, table } = await readConesRequest(request);
  const parameters = parseConesParameters(raw, request.headers.get('accept') ?? undefined, limits);
  const positions = parsePositions(table, parameters.radius, limits.maxRadius);
  const { format, mediaType, extension } = parameters.format;
  const { catalog, release: name } = release.manifest;
  const headers: Record<string, string> = {
    'content-type': mediaType,
    'cache-control': 'no-store',
    [ALMAGEST_RELEASE]: name,
    [ALMAGEST_ENGINE]: ENGINE,
  };
  if (extension) headers['content-disposition'] = attachment(catalog, extension);
  const rows = atBorder(answer(engine, release, positions, parameters), serviceRoot(service, request.url));
  const body = await answerBody(writerFor(format)!.write(rows));
  if ('byteLength' in body) headers['content-length'] = String(body.byteLength);
  return new Response(body, { headers });
}

function answer(
  engine: Engine,
  release: Release,
  { cones, identifiers }: Positions,
  parameters: ConesParameters,
): ResultTable {
  const { nearest, unmatched, limit, verbosity } = parameters;
  const columns = columnsOf(release.manifest.table, verbosity);
  const result = conesSearch(engine, release, { cones, identifiers, columns, limit, nearest, unmatched });
  return {
    ...result,
    columns: asScsColumns(release.manifest.table)(result.columns),
    infos: [...releaseInfos(release), ...queryInfos(parameters, cones.lon.length)],
    batches: limit === 0 ? noRows(true) : result.batches,
  };
}

function queryInfos(parameters: ConesParameters, positions: number): Info[] {
  const { radius, nearest, unmatched, verbosity, limit } = parameters;
  return [
    { name: 'POSITIONS', value: String(positions) },
    ...(radius === null ? [] : [{ name: 'SR', value: String(radius) }]),
    ...(nearest === null ? [] : [{ name: 'NEAREST', value: String(nearest) }]),
    { name: 'UNMATCHED', value: unmatched ? 'keep' : 'drop' },
    { name: 'VERB', value: String(verbosity) },
    { name: 'MAXREC', value: String(limit) },
  ];
}
