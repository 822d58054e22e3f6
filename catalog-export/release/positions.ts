import { mainColumns, type Table } from '../../engine/catalog/table.ts';
import { type CopyRows, fieldOffset } from './copy-binary.ts';

/** Numbers of the fields that the positions of a table are in, in a COPY of all columns. */
export function positionFields(table: Table): { readonly ra: number; readonly dec: number } {
  const { ra, dec } = mainColumns(table);
  return { ra: table.columns.indexOf(ra), dec: table.columns.indexOf(dec) };
}

/**
 * The position of a row that has one, degrees.
 * @param ra number of the field, a float8, as `dec` is.
 */
export function positionOf(
  { view, starts }: CopyRows,
  row: number,
  ra: number,
  dec: number,
): { lon: number; lat: number } {
  const start = starts[row]!;
  return {
    lon: float8(view, fieldOffset(view, start, ra)),
    lat: float8(view, fieldOffset(view, start, dec)),
  };
}

/** NaN for a null. */
function float8(view: DataView, at: number): number {
  return view.getInt32(at) < 0 ? Number.NaN : view.getFloat64(at + 4);
}
