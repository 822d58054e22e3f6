import type { Column } from '../catalog/column.ts';
import { FitsError } from '../fits/errors.ts';
import { readHdus } from '../fits/hdus.ts';
import { integerOf, requiredInteger, textOf } from '../fits/header.ts';
import { bytesSource } from '../fits/source.ts';
import type { Cell } from './cell.ts';
import { type FitsField, fitsField } from './fits-field.ts';
import { columnNames } from './names.ts';
import { tableBuilder } from './table-builder.ts';
import { UploadError, type UploadedRows, type UploadLimits } from './upload.ts';

const MOST = Number.MAX_SAFE_INTEGER;

/**
 * The first binary table of a FITS file (FITS 4.0 §7.3), with arrays of varying length.
 * @throws UploadError
 */
export async function readFits(bytes: Uint8Array, limits: UploadLimits): Promise<UploadedRows> {
  try {
    return await readTable(bytes, limits);
  } catch (error) {
    if (!(error instanceof FitsError)) throw error;
    throw new UploadError(error.message, { cause: error });
  }
}

async function readTable(bytes: Uint8Array, limits: UploadLimits): Promise<UploadedRows> {
  const hdus = await readHdus(bytesSource('it', bytes));
  const hdu = hdus.find(({ kind, header }) => kind === 'table' && textOf(header, 'XTENSION') === 'BINTABLE');
  if (hdu === undefined) throw new UploadError(`it has no binary table among its ${hdus.length} HDUs`);
  const { header, index } = hdu;
  const stride = requiredInteger(header, 'NAXIS1', 0, MOST, index);
  const rows = requiredInteger(header, 'NAXIS2', 0, MOST, index);
  const count = requiredInteger(header, 'TFIELDS', 0, 999_999, index);
  if (rows > limits.rows) {
    throw new UploadError(`it has ${rows} rows, ${limits.rows} are the most that are taken here`, {
      tooLarge: true,
    });
  }
  const names = columnNames(
    Array.from({ length: count }, (_, at) => textOf(header, `TTYPE${at + 1}`) ?? ''),
    limits,
  );
  const fields = names.map((name, at) => fitsField(header, at + 1, name));
  const width = fields.reduce((sum, field) => sum + field.width, 0);
  if (width > stride)
    throw new UploadError(`its columns take ${width} bytes of a row that has NAXIS1 = ${stride}`);
  const heapStart = integerOf(header, 'THEAP') ?? stride * rows;
  const data = bytes.subarray(hdu.dataOffset, hdu.dataOffset + hdu.dataBytes);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const columns: Column[] = fields.map(({ column }) => column);
  const builder = tableBuilder(columns, limits);
  const row: Cell[] = new Array(fields.length);
  for (let nth = 0; nth < rows; nth++) {
    let at = nth * stride;
    for (const [place, field] of fields.entries()) {
      row[place] = readCell(field, view, at, heapStart, nth);
      at += field.width;
    }
    builder.add(row);
  }
  return { columns, description: null, blocks: builder.blocks() };
}

function readCell(field: FitsField, view: DataView, at: number, heapStart: number, row: number): Cell {
  try {
    return field.read(view, at, heapStart);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UploadError(
      `row ${row + 1}, column “${field.column.name}” has its elements beyond the end of the data`,
      {
        cause: error,
      },
    );
  }
}
