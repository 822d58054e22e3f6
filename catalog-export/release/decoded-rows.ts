import { type Data, Vector } from 'apache-arrow';
import { identifierColumn, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { arrowColumns, MisfitError } from '../../engine/postgres/arrow-columns.ts';
import type { BinaryRows } from '../../engine/postgres/rows.ts';
import { arrayFault } from './array-shapes.ts';
import { fieldOffset } from './copy-binary.ts';
import { transportOid } from './source.ts';

/**
 * The columns of rows as a release has them.
 * @param rows of a binary COPY of all columns.
 * @throws Error naming the first row that a release cannot hold, the column, and why: an array that is not of the shape that its
 * column declares, a timestamp that is infinite.
 */
export function decodedRows(table: Table, rows: BinaryRows): Data[] {
  const { columns } = table;
  const fault = arrayFault(columns, rows);
  if (fault !== null) throw new Error(`${nameOfRow(table, rows, fault.row)}: ${fault.problem}`);
  const oids = columns.map(transportOid);
  try {
    return arrowColumns(columns, oids, rows);
  } catch (error) {
    if (!(error instanceof MisfitError)) throw error;
    for (let row = 0; row < rows.count; row++) {
      try {
        arrowColumns(columns, oids, onlyRow(rows, row));
      } catch (cause) {
        throw new Error(`${nameOfRow(table, rows, row)}: ${(cause as Error).message}`, { cause });
      }
    }
    throw error;
  }
}

function onlyRow(rows: BinaryRows, row: number): BinaryRows {
  return { ...rows, starts: [rows.starts[row]!], count: 1 };
}

function nameOfRow(table: Table, { bytes, view, starts }: BinaryRows, row: number): string {
  const name = qualifiedName(table);
  const id = identifierColumn(table);
  if (id === null) return `a row of ${name}`;
  const at = fieldOffset(view, starts[row]!, table.columns.indexOf(id));
  const field = bytes.slice(at, at + 4 + Math.max(0, view.getInt32(at)));
  // A row of one field, after the count of its fields.
  const alone = Uint8Array.of(0, 1, ...field);
  const only = { bytes: alone, view: new DataView(alone.buffer), starts: [0], count: 1 };
  const [data] = arrowColumns([id], [transportOid(id)], only);
  return `the row of ${name} with ${id.name} ${new Vector([data!]).get(0)}`;
}
