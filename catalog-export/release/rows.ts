import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { mainColumns, type Table } from '../../engine/catalog/table.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { type Cell, cellsAtMaxOrder, emptyHistogram, partitionOfCell } from '../hats/partitioning.ts';
import type { Progress } from '../progress.ts';
import { type CopyRows, copyRows } from './copy-binary.ts';
import { locate } from './positions.ts';
import { copyAll, copyPositions } from './source.ts';
import type { Spill } from './spill.ts';

/** Where the rows of a table lie on the sky. */
export interface Distribution {
  /** Rows per cell at MAX_ORDER. */
  readonly histogram: Uint32Array;
  readonly rows: number;
  /** Rows whose position is null, NaN or out of range. */
  readonly rowsWithoutPosition: number;
}

/** Reads the positions of all rows. */
export async function distribution(
  client: pg.Client,
  table: Table,
  kernel: HealpixKernel,
  progress: Progress,
): Promise<Distribution> {
  const histogram = emptyHistogram();
  let rows = 0;
  let rowsWithoutPosition = 0;
  await copy(client, copyPositions(table), async (block) => {
    const { index } = locate(kernel, block, 0, 1);
    for (const cell of cellsAtMaxOrder(index)) histogram[cell]! += 1;
    rows += index.length;
    rowsWithoutPosition += block.count - index.length;
    progress.advance(block.count);
  });
  return { histogram, rows, rowsWithoutPosition };
}

/** Reads all rows that have a position into their partitions. */
export async function distribute(
  client: pg.Client,
  table: Table,
  kernel: HealpixKernel,
  cells: readonly Cell[],
  spill: Spill,
  progress: Progress,
): Promise<void> {
  const { ra, dec } = mainColumns(table);
  const raField = table.columns.indexOf(ra);
  const decField = table.columns.indexOf(dec);
  const owner = partitionOfCell(cells);
  await copy(client, copyAll(table), async (block) => {
    const { rows, index } = locate(kernel, block, raField, decField);
    const cellOf = cellsAtMaxOrder(index);
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at]!;
      spill.append(owner[cellOf[at]!]!, block.bytes, block.starts[row]!, block.starts[row + 1]!);
    }
    await spill.relieve();
    progress.advance(block.count);
  });
}

/** A COPY that is left half-way cannot be resumed or skipped: the connection is closed then. */
async function copy(
  client: pg.Client,
  statement: string,
  take: (block: CopyRows) => Promise<void>,
): Promise<void> {
  try {
    for await (const block of copyRows(client.query(copyTo(statement)))) await take(block);
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}
