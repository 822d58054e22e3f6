import type { Column } from '../../../engine/catalog/column.ts';
import { INDEX_COLUMN } from '../../../engine/catalog/index-column.ts';
import { HEALPIX_COLUMN } from '../../../engine/catalog/manifest.ts';
import type { Release } from '../../../engine/catalog/release.ts';
import type { Engine } from '../../../engine/engine.ts';
import { type Selection, selectedRows } from '../../../engine/selection/select-rows.ts';
import { writerFor } from '../../../engine/table/formats.ts';
import type { ResultTable } from '../../../engine/table/result.ts';
import { answerBody } from '../../answer/answer-body.ts';
import { attachment } from '../../answer/attachment.ts';
import { rangeOf } from '../../answer/byte-range.ts';
import { preconditions, rangeApplies } from '../../answer/preconditions.ts';
import { ALMAGEST_ENGINE, ALMAGEST_RELEASE } from '../../headers.ts';
import { ENGINE, SOFTWARE } from '../../service.ts';
import { type KeptOutputs, partOf } from './kept-outputs.ts';

/**
 * Columns and rows of a data file as a Parquet file of their own, for clients that read it like any other: it has a size and ranges, and is the
 * same each time. It is made as it is sent.
 */
export async function selectedFile(
  engine: Engine,
  kept: KeptOutputs,
  release: Release,
  selection: Selection,
  cacheControl: string,
  request: Request,
): Promise<Response> {
  const { catalog, release: name, created } = release.manifest;
  const etag = await entityTag(selection);
  const validators = { etag, lastModified: new Date(created).toUTCString() };
  const headers: Record<string, string> = {
    etag,
    'last-modified': validators.lastModified,
    'cache-control': cacheControl,
    'accept-ranges': 'bytes',
    [ALMAGEST_RELEASE]: name,
    [ALMAGEST_ENGINE]: ENGINE,
  };
  const state = preconditions(request.headers, validators);
  if (state !== 'go on') return new Response(null, { status: state, headers });

  headers['content-type'] = 'application/vnd.apache.parquet';
  headers['content-disposition'] = attachment(`${catalog}_${name}_selection`, 'parquet');
  const make = () => writerFor('parquet')!.write(tableOf(engine, release, selection));
  const asked = rangeApplies(request.headers, validators) ? request.headers.get('range') : null;
  if (asked === null && request.method !== 'HEAD') {
    const known = kept.known(etag);
    if (known === null || known.from > 0) {
      const body = await answerBody(known === null ? kept.watched(etag, make) : kept.inTurn(make));
      if ('byteLength' in body) headers['content-length'] = String(body.byteLength);
      return new Response(body, { headers });
    }
  }
  const output = await kept.measured(etag, make);
  const range = rangeOf(asked ?? undefined, output.size);
  if (range === 'unsatisfiable') {
    headers['content-range'] = `bytes */${output.size}`;
    return new Response(null, { status: 416, headers });
  }
  const { offset, length } = range === 'whole' ? { offset: 0, length: output.size } : range;
  if (range !== 'whole') headers['content-range'] = `bytes ${offset}-${offset + length - 1}/${output.size}`;
  headers['content-length'] = String(length);
  const status = range === 'whole' ? 200 : 206;
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  const body = await answerBody(partOf(output, () => kept.inTurn(make), offset, length));
  return new Response(body, { status, headers });
}

/** Strong: the bytes depend on the stored file, on what is chosen of it, and on the program that writes them. */
async function entityTag({ file, columns, filters }: Selection): Promise<string> {
  const chosen = JSON.stringify([file.sha256, columns, filters, SOFTWARE], (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'number') return `${value}`;
    return value instanceof Uint8Array ? [...value] : value;
  });
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(chosen));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'));
  return `"${hex.join('').slice(0, 32)}"`;
}

function tableOf(engine: Engine, release: Release, selection: Selection): ResultTable {
  const { catalog, release: name, table } = release.manifest;
  const described = new Map(table.columns.map((column): [string, Column] => [column.name, column]));
  described.set(HEALPIX_COLUMN, INDEX_COLUMN);
  return {
    name: catalog,
    description: table.description,
    columns: selection.columns.map((column) => described.get(column)!),
    infos: [
      { name: 'server_software', value: SOFTWARE },
      { name: 'engine', value: ENGINE },
      { name: 'catalog', value: catalog },
      { name: 'release', value: name },
    ],
    batches: selectedRows(engine, release, selection),
  };
}
