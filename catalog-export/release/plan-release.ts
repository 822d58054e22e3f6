import type { Manifest } from '../../engine/catalog/manifest.ts';
import { type BegunExport, beginExport, type WriteOptions } from './begin-export.ts';
import { comparisonWith } from './compare-releases.ts';
import { inOrder } from './in-order.ts';
import { openMaker } from './partition-maker.ts';
import { openRows, type TableRows } from './table-rows.ts';

/** What an export would do. */
export interface PlannedRelease {
  readonly outcome: 'released' | 'unchanged';
  readonly rows: number;
  readonly rowsWithoutPosition: number;
  /** Data files that would be written anew, and those that would be taken from an earlier release as they are. */
  readonly partitions: { readonly written: number; readonly copied: number };
}

/**
 * Reads a table as an export does, and tells what would be written; nothing is.
 * @param previous the release that readers are sent to; null where there is none that this program can read.
 * @param unfinished names of releases without a manifest.
 * @throws Error when the table has changed since it was published, or when PostgreSQL or the storage fails.
 */
export async function planRelease(
  options: WriteOptions,
  { previous, unfinished }: { readonly previous: Manifest | null; readonly unfinished: readonly string[] },
): Promise<PlannedRelease> {
  const begun = await beginExport(options, { previous, unfinished });
  if (begun.isUnchanged) {
    const { rows, rowsWithoutPosition, partitions } = previous!;
    return {
      outcome: 'unchanged',
      rows,
      rowsWithoutPosition,
      partitions: { written: 0, copied: partitions },
    };
  }
  const source = await openRows(options, begun.limits);
  try {
    return await plan(options, begun, source);
  } finally {
    await source.close();
    options.progress.done();
  }
}

async function plan(
  { table, progress }: WriteOptions,
  { folder, before, known }: BegunExport,
  source: TableRows,
): Promise<PlannedRelease> {
  const maker = openMaker({ table, folder, known: known.contents, files: false });
  const comparison = comparisonWith(before, table);
  try {
    if (source.histogram !== null)
      progress.start(`Comparing partitions of ${table.schema}.${table.name}`, source.rows);
    const made = inOrder(source.tasks(), maker.atATime, async (task) => {
      const partitions = await maker.make(task);
      const copies = await Promise.all(
        partitions.map(async ({ content }) => (await known.find(content)) !== null),
      );
      await task.done();
      return partitions.map((partition, at) => ({ ...partition, isCopy: copies[at]! }));
    });
    const count = { rows: 0, written: 0, copied: 0 };
    for await (const partitions of made) {
      for (const { path, content, rows, isCopy } of partitions) {
        comparison.isNextSame(path, isCopy ? content : '');
        count.rows += rows;
        count[isCopy ? 'copied' : 'written'] += 1;
        progress.advance(rows);
      }
    }
    const { rows, written, copied } = count;
    const { rowsWithoutPosition } = source;
    const outcome = comparison.isUnchanged(rowsWithoutPosition) ? 'unchanged' : 'released';
    return { outcome, rows, rowsWithoutPosition, partitions: { written, copied } };
  } finally {
    await maker.close();
  }
}
