import { qualifiedName } from '../../engine/catalog/table.ts';
import { emptyHistogram, type Histogram, MAX_ORDER } from '../hats/histogram.ts';
import { type Bound, cellsAtOrder, partitionCells } from '../hats/partitioning.ts';
import { marginTasks } from './margin-tasks.ts';
import { positionFields } from './positions.ts';
import { BUCKETS, crowdedCells, tasksOf } from './sky-tasks.ts';
import { copyAll, estimatedRows } from './source.ts';
import { openSpill } from './spill.ts';
import { copyToSpill } from './spill-copy.ts';
import type { PartitionLimits, RowsOptions, TableRows } from './table-rows.ts';

/** Rows that wait in memory until they are written to the spill. */
const SPILL_MEMORY_BYTES = 48 * 2 ** 20;

/** A partition at MAX_ORDER may be too large, but not for the memory: then it is split further. */
const LARGEST_BYTES = 64 * 2 ** 20;

/** The bytes of rows are counted in pieces of this size, so that 32 bits are enough. */
const PIECE_BYTES = 64;

/**
 * Reads all rows of a table with positions, once.
 * @throws Error when PostgreSQL or the spill fails.
 */
export async function readSky(
  { client, table, kernel, progress }: RowsOptions,
  limits: PartitionLimits,
): Promise<TableRows> {
  progress.start(`Reading rows of ${qualifiedName(table)}`, await estimatedRows(client, table));
  const counts = { rows: emptyHistogram(), pieces: emptyHistogram() };
  const spill = await openSpill(BUCKETS, SPILL_MEMORY_BYTES, (keys, ends) => count(keys, ends, counts));
  try {
    const fields = positionFields(table);
    const copied = await copyToSpill(client, copyAll(table), fields, spill, (rows) => progress.advance(rows));
    await client.query('commit');
    const extents = await spill.finish();
    const bounds: [Bound, Bound] = [
      { counts: counts.rows, most: limits.rows },
      { counts: counts.pieces, most: limits.bytes / PIECE_BYTES },
    ];
    const source = { file: spill.file, extents };
    const opened = new Set([spill]);
    const cells = partitionCells(bounds).flatMap((cell) => {
      const isLarge = cell.order === MAX_ORDER && counts.pieces.at(cell.pixel) * PIECE_BYTES > LARGEST_BYTES;
      return isLarge ? crowdedCells(cell, source, limits) : [cell];
    });
    return {
      ...copied,
      histogram: counts.rows,
      tasks: () => tasksOf(cells, source, opened),
      margins: (arcsec) => marginTasks({ table, kernel }, cells, source, arcsec, opened),
      close: async () => {
        for (const one of opened) await one.close();
      },
    };
  } catch (error) {
    await spill.close();
    throw error;
  }
}

/** Rows of a bucket, whose cells are few: they are counted in the processor's cache. */
function count(keys: BigInt64Array, ends: Uint32Array, counts: { rows: Histogram; pieces: Histogram }): void {
  const cells = cellsAtOrder(MAX_ORDER, keys);
  let start = 0;
  for (let row = 0; row < cells.length; row += 1) {
    const cell = cells[row]!;
    const end = ends[row]!;
    counts.rows.add(cell, 1);
    counts.pieces.add(cell, Math.round((end - start) / PIECE_BYTES));
    start = end;
  }
}
