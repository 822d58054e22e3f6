import { Vector } from 'apache-arrow';
import { type Column, isArray } from '../../engine/catalog/column.ts';
import { identifierColumn, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { arrowColumns } from '../../engine/postgres/arrow-columns.ts';
import { type BinaryRows, fieldOffsets, NULL_FIELD } from '../../engine/postgres/rows.ts';
import { transportOid } from './source.ts';

/**
 * Checks that arrays have the shape that their column declares, with elements counted from 1: in a release they lie flat, so that
 * nobody could tell afterwards. A null has any shape, an array without elements any that varies.
 * @param rows of a binary COPY of all columns.
 * @throws Error naming the first row that has another, and its column.
 */
export function checkArrayShapes(table: Table, rows: BinaryRows): void {
  const { columns } = table;
  if (!columns.some(isArray)) return;
  const offsets = fieldOffsets(rows, columns.length, null);
  for (const [index, column] of columns.entries()) {
    if (!isArray(column)) continue;
    const sizes = declaredSizes(column.arraysize!);
    for (let row = 0; row < rows.count; row++) {
      const at = offsets[index]![row]!;
      if (at === NULL_FIELD) continue;
      const fault = shapeFault(rows.view, at, sizes, column);
      if (fault !== null) throw new Error(`${nameOfRow(table, rows, row)}: ${fault}`);
    }
  }
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

function nameOfRow(table: Table, rows: BinaryRows, row: number): string {
  const name = qualifiedName(table);
  const id = identifierColumn(table);
  if (id === null) return `a row of ${name}`;
  const columns = table.columns.slice(0, table.columns.indexOf(id) + 1);
  const only = { ...rows, starts: [rows.starts[row]!], count: 1 };
  const data = arrowColumns(columns, columns.map(transportOid), only).at(-1)!;
  return `the row of ${name} with ${id.name} ${new Vector([data]).get(0)}`;
}
