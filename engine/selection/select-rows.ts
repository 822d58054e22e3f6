import type { Data } from 'apache-arrow';
import type { Release } from '../catalog/release.ts';
import type { ReleaseFile } from '../catalog/release-files.ts';
import type { Engine } from '../engine.ts';
import type { Batch, Overflow } from '../table/result.ts';
import { type Filters, meets } from './conditions.ts';
import { footerGroups } from './footer-groups.ts';
import { type DataFile, indexedGroups } from './indexed-groups.ts';

/** Which columns and rows of a file are wanted. */
export interface Selection {
  readonly file: Pick<ReleaseFile, 'path' | 'sha256'>;
  /** As the index knows the file; null for one that it does not know. */
  readonly indexed: DataFile | null;
  /** Stored columns of the release. */
  readonly columns: readonly string[];
  /** No filter: all rows. */
  readonly filters: Filters;
}

/** A row group that was read. */
export interface ReadGroup {
  readonly rows: number;
  /** Decodes columns. */
  columns(names: readonly string[]): readonly Data[];
}

/**
 * Rows of a Parquet file of a release that meet the filters, in the order in which they lie there.
 * @throws CorruptReleaseError, CorruptPartitionError, StorageError
 */
export async function* selectedRows(
  engine: Engine,
  release: Release,
  { file, indexed, columns, filters }: Selection,
): AsyncGenerator<Batch, Overflow, undefined> {
  const judged = [...new Set(filters.flat().map(({ column }) => column))];
  const needed = [...new Set([...judged, ...columns])];
  const groups =
    indexed === null
      ? footerGroups(engine, release, file, needed)
      : indexedGroups(engine, release, indexed, filters, needed);
  for await (const group of groups) {
    const known = new Map(group.columns(judged).map((data, at) => [judged[at]!, data]));
    const rows =
      filters.length === 0 ? null : rowsThatMeet(filters, group.rows, (column) => known.get(column)!);
    if (rows?.length === 0) continue;
    const unknown = columns.filter((column) => !known.has(column));
    for (const [at, data] of group.columns(unknown).entries()) known.set(unknown[at]!, data);
    const cells = columns.map((column) => ({ data: known.get(column)!, rows }));
    yield { length: rows?.length ?? group.rows, columns: cells };
  }
  return { overflow: false };
}

/** Null for all rows. */
function rowsThatMeet(filters: Filters, count: number, data: (column: string) => Data): Uint32Array | null {
  const tests = filters.map((conditions) =>
    conditions.map((condition) => meets(condition, data(condition.column))),
  );
  const rows = new Uint32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) {
    if (tests.some((all) => all.every((test) => test(row)))) rows[found++] = row;
  }
  return found === count ? null : rows.subarray(0, found);
}
