import { Vector } from 'apache-arrow';
import type { Release } from '../../../engine/catalog/release.ts';
import { identifierColumn } from '../../../engine/catalog/table.ts';
import type { Engine } from '../../../engine/engine.ts';
import type { RowCondition } from '../../../engine/footprints/conditions.ts';
import { searchFootprints } from '../../../engine/footprints/search.ts';
import { datasetDigest } from '../../../engine/images/keys.ts';
import { readDataset } from '../../../engine/images/read-dataset.ts';
import type { Batch, Overflow, ResultTable } from '../../../engine/table/result.ts';
import { dataOf } from '../../../engine/table/rows.ts';
import { noRows } from '../../answer/no-rows.ts';
import { serviceInfos } from '../catalog.ts';
import { DATA_PRODUCTS, SIA1_ID } from '../standard.ts';
import { COLUMNS, type ImageRow } from './columns.ts';
import { imageBatch } from './image-batch.ts';
import { imageRows } from './image-rows.ts';
import type { PositionQuery } from './parameters.ts';

type ImagesQuery = Extract<PositionQuery, { kind: 'images' }>;

/** What the standard asks of every answer (SIA 1.0 §4.2.1). */
export const PROTOCOL = { name: 'SERVICE_PROTOCOL', value: '1.0', text: 'SIAP' } as const;

const IMAGES_AND_CUBES: RowCondition = {
  kind: 'text',
  column: 'dataproduct_type',
  texts: DATA_PRODUCTS,
  ignoreCase: false,
};

/** Documents that are read at once. */
const READ_AT_ONCE = 32;

/**
 * The answer to a search (SIA 1.0 §4.2): a row for each format of each image that is still published. It names no service for its rows: where
 * there is DataLink, clients take the file of the links for that of the row, and a picture would be had by nobody.
 * @param release null where there are no images.
 * @param root address of the service's root, without a trailing slash.
 */
export function answerPosition(
  engine: Engine,
  release: Release | null,
  query: ImagesQuery,
  root: string,
): ResultTable {
  return {
    name: 'images',
    description: 'Images, each in several formats',
    columns: COLUMNS,
    infos: [PROTOCOL, ...serviceInfos(SIA1_ID, release)],
    batches:
      release === null || query.limit === 0 ? noRows(false) : imageBatches(engine, release, query, root),
  };
}

async function* imageBatches(
  { storage, ...engine }: Engine,
  release: Release,
  { sky, formats, limit }: ImagesQuery,
  root: string,
): AsyncGenerator<Batch, Overflow, undefined> {
  const { name } = identifierColumn(release.manifest.table)!;
  const search = { release, sky, conditions: [IMAGES_AND_CUBES], columns: [name] };
  const found = searchFootprints({ storage, ...engine }, search, limit);

  async function rowsOf(did: string): Promise<ImageRow[]> {
    const dataset = await readDataset(storage, did);
    // It was removed since the release was made.
    if (dataset === null) return [];
    return imageRows(root, await datasetDigest(did), dataset, formats);
  }

  try {
    for (;;) {
      const next = await found.next();
      if (next.done) return next.value;
      const dids = [...new Vector([dataOf(next.value.columns[0]!)])] as string[];
      for (let at = 0; at < dids.length; at += READ_AT_ONCE) {
        const rows = await Promise.all(dids.slice(at, at + READ_AT_ONCE).map(rowsOf));
        yield imageBatch(rows.flat());
      }
    }
  } finally {
    await found.return({ overflow: false });
  }
}
