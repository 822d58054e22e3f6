import { BufferType, Data, Type } from 'apache-arrow';
import type { Release } from '../catalog/release.ts';
import { concatRows } from '../table/rows.ts';
import type { FoundRows } from './cones-matches.ts';

/** Rows of an answer to a list of positions. */
export interface PositionRows {
  /** Of each row: the place of its position in the list. */
  readonly position: Uint32Array;
  /** Its row in the columns. */
  readonly row: Uint32Array;
  /** Degrees; NaN for a position without a match, whose row is one of nulls. */
  readonly separation: Float64Array;
  readonly columns: readonly Data[];
}

/**
 * What was found for the cones [from, to), those of one cone together, in the order of the cones.
 * @param nearest so many of each cone, nearest first; null for all, as they were found.
 * @param unmatched whether a cone without a match has a row of nulls.
 */
export function inGivenOrder(
  release: Release,
  names: readonly string[],
  found: FoundRows,
  from: number,
  to: number,
  nearest: number | null,
  unmatched: boolean,
): PositionRows {
  const { separation } = found;
  if (found.cone.length === 0 && !unmatched) return NO_ROWS;
  const position: number[] = [];
  const match: number[] = [];
  let withoutMatch = 0;
  matchesOfEach(found, from, to).forEach((all, at) => {
    const matches = nearest === null ? all : nearestOf(all, separation, nearest);
    for (const one of matches) {
      position.push(from + at);
      match.push(one);
    }
    if (matches.length > 0 || !unmatched) return;
    position.push(from + at);
    match.push(NONE);
    withoutMatch++;
  });
  return {
    position: Uint32Array.from(position),
    row: Uint32Array.from(match, (one) => (one === NONE ? found.held : found.row[one]!)),
    separation: Float64Array.from(match, (one) => (one === NONE ? Number.NaN : separation[one]!)),
    columns: names.map((name, column) => {
      const data = found.pieces.map((piece) => piece[column]!);
      if (withoutMatch > 0) data.push(nullRow(release.columns.get(name)!.type));
      return concatRows(data);
    }),
  };
}

const NONE = -1;

const NO_ROWS: PositionRows = {
  position: new Uint32Array(),
  row: new Uint32Array(),
  separation: new Float64Array(),
  columns: [],
};

/** Numbers of the matches of each cone, in the order they were found. */
function matchesOfEach({ cone }: FoundRows, from: number, to: number): Uint32Array[] {
  const ends = new Uint32Array(to - from + 1);
  for (const at of cone) ends[at - from + 1]!++;
  for (let at = 1; at < ends.length; at++) ends[at]! += ends[at - 1]!;
  const starts = ends.slice();
  const ordered = new Uint32Array(cone.length);
  cone.forEach((at, match) => {
    ordered[starts[at - from]!++] = match;
  });
  return Array.from({ length: to - from }, (_, at) => ordered.subarray(ends[at], ends[at + 1]));
}

function nearestOf(matches: Uint32Array, separation: readonly number[], count: number): Uint32Array {
  if (matches.length > 1) matches.sort((a, b) => separation[a]! - separation[b]! || a - b);
  return matches.subarray(0, count);
}

function nullRow(type: Data['type']): Data {
  const isText = type.typeId === Type.Utf8;
  return new Data(type, 0, 1, 1, {
    [BufferType.VALIDITY]: new Uint8Array(1),
    [BufferType.DATA]: isText ? new Uint8Array() : new type.ArrayType(1),
    ...(isText && { [BufferType.OFFSET]: new Int32Array(2) }),
  } as Partial<Data['buffers']>);
}
