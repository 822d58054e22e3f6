import type { Data } from 'apache-arrow';
import { locate, type Release, rowGroupsInRanges } from '../catalog/release.ts';
import type { Engine } from '../engine.ts';
import type { Cone, ConeRows } from '../healpix-wasm/kernel.ts';
import type { FetchedRowGroup, RowGroups } from '../parquet/row-groups.ts';
import { readAhead } from './read-ahead.ts';

/** Rows of one row group that are in the cone, ascending, with their separations in degrees; at least one. */
export interface Matches extends ConeRows {
  /** Columns of the row group, whole; decoded only now. */
  columns(names: readonly string[]): Promise<Data[]>;
}

/** One read asks for at most so many bytes, if several row groups share it. */
const READ_BYTES = 1 << 20;

/** Reads under way at once. */
const READ_AHEAD = 4;

/**
 * The rows in a cone, row group by row group in ascending order of cells. Of a row group only the positions
 * and the index are decoded, into the kernel's memory, until it is known to have a row in the cone.
 * @throws CorruptPartitionError, StorageError
 */
export async function* coneMatches(
  engine: Engine,
  release: Release,
  cone: Cone,
): AsyncGenerator<Matches, void, undefined> {
  const { kernel, rowGroups } = engine;
  const ranges = kernel.coneRanges(cone);
  const candidates = rowGroupsInRanges(release.rowGroups, ranges);
  const unknown = candidates.filter((ordinal) => rowGroups.cachedPositions(release, ordinal) === null);
  const reads = fetchAhead(rowGroups, release, unknown);

  /** For what has left the cache since. */
  async function fetchAgain(ordinal: number): Promise<FetchedRowGroup> {
    const [group] = await rowGroups.fetch(release, [ordinal]);
    return group!;
  }

  async function columnsOf(ordinal: number, fetched: FetchedRowGroup | null, names: readonly string[]) {
    return (
      rowGroups.cached(release, ordinal, names) ??
      rowGroups.decode(release, fetched ?? (await fetchAgain(ordinal)), names)
    );
  }

  let read = 0;
  for (const ordinal of candidates) {
    let fetched: FetchedRowGroup | null = null;
    if (ordinal === unknown[read]) {
      read++;
      fetched = (await reads.next()).value!;
    }
    const { row, separation } =
      rowGroups.cachedPositions(release, ordinal)?.inCone(cone, ranges) ??
      rowGroups.usePositions(release, fetched ?? (await fetchAgain(ordinal)), (positions) =>
        positions.inCone(cone, ranges),
      );
    if (row.length === 0) continue;
    yield { row, separation, columns: (names) => columnsOf(ordinal, fetched, names) };
  }
}

/** Row groups in their order, read with a few reads under way. */
async function* fetchAhead(
  rowGroups: RowGroups,
  release: Release,
  ordinals: readonly number[],
): AsyncGenerator<FetchedRowGroup, undefined, undefined> {
  const fetch = (run: readonly number[]) => rowGroups.fetch(release, run);
  for await (const groups of readAhead(readRuns(release, ordinals), READ_AHEAD, fetch)) yield* groups;
}

/** Row groups in order, those that are neighbours in one file together. */
function* readRuns(
  release: Release,
  ordinals: readonly number[],
): Generator<readonly number[], void, undefined> {
  let run: number[] = [];
  let key = '';
  let end = 0;
  let bytes = 0;
  for (const ordinal of ordinals) {
    const { key: file, rowGroup } = locate(release, ordinal);
    const joins = file === key && rowGroup.offset === end && bytes + rowGroup.bytes <= READ_BYTES;
    if (run.length > 0 && !joins) {
      yield run;
      run = [];
      bytes = 0;
    }
    run.push(ordinal);
    bytes += rowGroup.bytes;
    key = file;
    end = rowGroup.offset + rowGroup.bytes;
  }
  if (run.length > 0) yield run;
}
