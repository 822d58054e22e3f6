import { type Column, isArray } from '../../engine/catalog/column.ts';
import { type BinaryRows, fieldOffsets, NULL_FIELD } from '../../engine/postgres/rows.ts';

/** A row that a release cannot hold. */
export interface ArrayFault {
  readonly row: number;
  readonly problem: string;
}

/**
 * The first array that has not the shape that its column declares, or whose elements do not count from 1: in a release arrays lie
 * flat, so that nobody could tell afterwards. A null has any shape, an array without elements any that varies.
 * @param rows of a binary COPY of all columns.
 */
export function arrayFault(columns: readonly Column[], rows: BinaryRows): ArrayFault | null {
  if (!columns.some(isArray)) return null;
  const offsets = fieldOffsets(rows, columns.length, null);
  for (const [index, column] of columns.entries()) {
    if (!isArray(column)) continue;
    const sizes = declaredSizes(column.arraysize!);
    for (let row = 0; row < rows.count; row++) {
      const at = offsets[index]![row]!;
      const problem = at === NULL_FIELD ? null : shapeFault(rows.view, at, sizes, column);
      if (problem !== null) return { row, problem };
    }
  }
  return null;
}

/** Smallest and largest size of a dimension. */
interface Size {
  readonly least: number;
  readonly most: number;
}

/** PostgreSQL names the dimension first that varies slowest, VOTable last (VOTable 1.4 §2.2); that one may vary in size. */
function declaredSizes(arraysize: string): Size[] {
  const sizes = arraysize.split('x').map((text): Size => {
    if (!text.endsWith('*')) return { least: Number(text), most: Number(text) };
    return { least: 0, most: text === '*' ? Number.POSITIVE_INFINITY : Number.parseInt(text, 10) };
  });
  return sizes.reverse();
}

/** What is wrong with an array in the binary format of array_send; null if nothing is. */
function shapeFault(
  view: DataView,
  at: number,
  sizes: readonly Size[],
  { name, arraysize }: Column,
): string | null {
  const dimensions = view.getInt32(at);
  if (dimensions === 0 && sizes[0]!.least === 0) return null;
  const found = Array.from({ length: dimensions }, (_, nth) => view.getInt32(at + 12 + 8 * nth));
  const fits =
    dimensions === sizes.length &&
    sizes.every(({ least, most }, nth) => found[nth]! >= least && found[nth]! <= most);
  if (!fits) {
    const shape = dimensions === 0 ? 'no elements' : `the size ${[...found].reverse().join('x')}`;
    return (
      `its array in column ${name} has ${shape}, where the arraysize is ${arraysize}. Correct it, or publish the table ` +
      'again with the arraysize that its arrays have'
    );
  }
  for (let nth = 0; nth < dimensions; nth++) {
    const first = view.getInt32(at + 16 + 8 * nth);
    if (first !== 1) return `its array in column ${name} counts from ${first}, where arrays count from 1`;
  }
  return null;
}
