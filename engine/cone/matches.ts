import type { Data } from 'apache-arrow';
import { HEALPIX_COLUMN } from '../catalog/manifest.ts';
import { locate, type Release, rowGroupsInRanges } from '../catalog/release.ts';
import { mainColumns } from '../catalog/table.ts';
import type { Engine } from '../engine.ts';
import type { Cone, ConeRows } from '../healpix-wasm/kernel.ts';
import type { FetchedRowGroup } from '../parquet/row-groups.ts';
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
 * and the index are decoded until it is known to have a row in the cone.
 * @throws CorruptPartitionError, StorageError
 */
export async function* coneMatches(
  engine: Engine,
  release: Release,
  cone: Cone,
): AsyncGenerator<Matches, void, undefined> {
  const { kernel, rowGroups } = engine;
  const { ra, dec } = mainColumns(release.manifest.table);
  const positions = [HEALPIX_COLUMN, ra.name, dec.name];
  const ranges = kernel.coneRanges(cone);
  const candidates = rowGroupsInRanges(release.rowGroups, ranges);

  async function columnsOf(ordinal: number, fetched: FetchedRowGroup | null, names: readonly string[]) {
    const cached = rowGroups.cached(release, ordinal, names);
    if (cached !== null) return cached;
    const [group] = fetched === null ? await rowGroups.fetch(release, [ordinal]) : [fetched];
    return rowGroups.decode(release, group!, names);
  }

  const isCached = (ordinal: number) => rowGroups.cached(release, ordinal, positions) !== null;
  const runs = readAhead(readRuns(release, candidates, isCached), READ_AHEAD, async ({ ordinals, cached }) =>
    cached ? ordinals.map((ordinal) => ({ ordinal, fetched: null })) : fetchRun(ordinals),
  );
  async function fetchRun(ordinals: number[]) {
    const groups = await rowGroups.fetch(release, ordinals);
    return groups.map((fetched) => ({ ordinal: fetched.ordinal, fetched }));
  }

  for await (const run of runs) {
    for (const { ordinal, fetched } of run) {
      const [index, lon, lat] = await columnsOf(ordinal, fetched, positions);
      const spans = kernel.rowsInRanges(index!.values, ranges);
      if (spans.start.length === 0) continue;
      const { row, separation } = kernel.coneFilter(lon!.values, lat!.values, spans, cone);
      if (row.length === 0) continue;
      yield { row, separation, columns: (names) => columnsOf(ordinal, fetched, names) };
    }
  }
}

interface ReadRun {
  ordinals: number[];
  /** Nothing needs to be read. */
  cached: boolean;
}

/** Row groups in order, those that need reading and are neighbours in one file together. */
function* readRuns(
  release: Release,
  ordinals: readonly number[],
  isCached: (ordinal: number) => boolean,
): Generator<ReadRun, void, undefined> {
  let run: ReadRun | null = null;
  let key = '';
  let end = 0;
  let bytes = 0;
  for (const ordinal of ordinals) {
    const cached = isCached(ordinal);
    const { key: file, rowGroup } = locate(release, ordinal);
    const joins = run !== null && !run.cached && !cached && file === key && rowGroup.offset === end;
    if (run !== null && joins && bytes + rowGroup.bytes <= READ_BYTES) {
      run.ordinals.push(ordinal);
      bytes += rowGroup.bytes;
    } else {
      if (run !== null) yield run;
      run = { ordinals: [ordinal], cached };
      bytes = rowGroup.bytes;
    }
    key = file;
    end = rowGroup.offset + rowGroup.bytes;
  }
  if (run !== null) yield run;
}
