import { mainColumns, qualifiedName } from '../../engine/catalog/table.ts';
import { emptyHistogram, type Histogram, MAX_ORDER } from '../hats/histogram.ts';
import { type Bound, cellsAtOrder, partitionCells } from '../hats/partitioning.ts';
import { copiedRows } from './copied-rows.ts';
import type { CopyRows } from './copy-binary.ts';
import { marginTasks } from './margin-tasks.ts';
import { locate } from './positions.ts';
import { BUCKET_ORDER, BUCKETS, crowdedCells, tasksOf } from './sky-tasks.ts';
import { copyAll, estimatedRows } from './source.ts';
import { openSpill } from './spill.ts';
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
  const spill = await openSpill(BUCKETS, SPILL_MEMORY_BYTES);
  try {
    const counts = { rows: emptyHistogram(), pieces: emptyHistogram() };
    const { ra, dec } = mainColumns(table);
    const [raField, decField] = [table.columns.indexOf(ra), table.columns.indexOf(dec)];
    let rows = 0;
    let rowsWithoutPosition = 0;
    for await (const block of copiedRows(client, copyAll(table))) {
      const located = locate(kernel, block, raField, decField);
      count(block, located.rows, cellsAtOrder(MAX_ORDER, located.index), counts);
      rows += located.rows.length;
      rowsWithoutPosition += block.count - located.rows.length;
      await spill.add(block, located.rows, located.index, cellsAtOrder(BUCKET_ORDER, located.index));
      progress.advance(block.count);
    }
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
      rows,
      rowsWithoutPosition,
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

function count(
  { starts }: CopyRows,
  rows: Uint32Array,
  cells: Uint32Array,
  counts: { rows: Histogram; pieces: Histogram },
): void {
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at]!;
    const cell = cells[at]!;
    counts.rows.add(cell, 1);
    counts.pieces.add(cell, Math.round((starts[row + 1]! - starts[row]!) / PIECE_BYTES));
  }
}
