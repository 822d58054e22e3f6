import type { Column } from '../catalog/column.ts';
import { BLOCK, closedHeader, writeCard, writeCommentary } from '../fits/card.ts';
import type { ColumnGroup } from './column-groups.ts';
import type { Bytes } from './digits.ts';
import { type FitsColumn, fitsColumn } from './fits-columns.ts';
import { type HeldRows, heldRows } from './held-rows.ts';
import type { Info, ResultTable } from './result.ts';

const WHY = 'FITS says at its beginning how many rows it has';

/** Rows that are written at a time. */
const ROWS_AT_ONCE = 4096;

/**
 * A FITS file with a binary table (FITS 4.0 §7.3) behind a primary header that says of the answer what INFOs do. Arrays of varying length lie
 * in the heap. Beyond the standard columns have TUCDn, TUTYPn and TXTYPn, as STILTS and TOPCAT have them, and TCOMMn, their
 * descriptions. A null is NaN, the TNULL of the column, an empty text, or an array without elements. FITS knows ASCII alone: any other character becomes `?`.
 * @throws TooLongForFormatError
 */
export async function* fits(result: ResultTable): AsyncGenerator<Bytes, void, undefined> {
  const held = await heldRows(result, WHY);
  const columns = result.columns.map((column, at) => fitsColumn(column, held.groups, at));
  const stride = columns.reduce((sum, { width }) => sum + width, 0);
  const heap = held.groups.map(({ columns: data }) =>
    columns.map((column, at) => column.heapBytes(data[at]!)),
  );
  const heapBytes = heap.flat().reduce((sum, bytes) => sum + bytes, 0);
  yield ascii(primaryHeader(result, held.overflow) + tableHeader(result, columns, held, stride, heapBytes));
  let heapAt = 0;
  for (const [nth, group] of held.groups.entries()) {
    yield* writtenRows(group, columns, stride, heap[nth]!, heapAt);
    heapAt += heap[nth]!.reduce((sum, bytes) => sum + bytes, 0);
  }
  for (const { columns: data } of held.groups) {
    for (const [at, column] of columns.entries()) {
      const bytes = new Uint8Array(column.heapBytes(data[at]!));
      column.writeHeap(data[at]!, new DataView(bytes.buffer));
      if (bytes.length > 0) yield bytes;
    }
  }
  const size = held.rows * stride + heapBytes;
  yield new Uint8Array(Math.ceil(size / BLOCK) * BLOCK - size);
}

function* writtenRows(
  { length, columns: data }: ColumnGroup,
  columns: readonly FitsColumn[],
  stride: number,
  heap: readonly number[],
  heapStart: number,
): Generator<Bytes, void, undefined> {
  const heapAt = [...heap.keys()].map((at) => heapStart + heap.slice(0, at).reduce((sum, n) => sum + n, 0));
  for (let from = 0; from < length; from += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, length - from);
    const bytes = new Uint8Array(rows * stride);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const [nth, column] of columns.entries()) {
      const some = data[nth]!.slice(from, rows);
      column.write(some, view, at, stride, heapAt[nth]!);
      heapAt[nth]! += column.heapBytes(some);
      at += column.width;
    }
    yield bytes;
  }
}

function primaryHeader({ infos }: ResultTable, overflow: boolean): string {
  const status: Info = { name: 'QUERY_STATUS', value: overflow ? 'OVERFLOW' : 'OK' };
  const said = [status, ...infos].map(({ name, value, text }) =>
    writeCommentary('COMMENT', `${name} = ${value}${text === undefined ? '' : `: ${text}`}`),
  );
  const required = [
    writeCard('SIMPLE', true, 'FITS 4.0'),
    writeCard('BITPIX', 8),
    writeCard('NAXIS', 0),
    writeCard('EXTEND', true),
  ];
  return closedHeader([...required, ...said].join(''));
}

function tableHeader(
  { name, description, columns: described }: ResultTable,
  columns: readonly FitsColumn[],
  { rows, overflow }: HeldRows,
  stride: number,
  heapBytes: number,
): string {
  const cards = [
    writeCard('XTENSION', 'BINTABLE'),
    writeCard('BITPIX', 8),
    writeCard('NAXIS', 2),
    writeCard('NAXIS1', stride, 'bytes of a row'),
    writeCard('NAXIS2', rows, 'rows'),
    writeCard('PCOUNT', heapBytes, 'bytes of the heap'),
    writeCard('GCOUNT', 1),
    writeCard('TFIELDS', columns.length),
    writeCard('EXTNAME', plain(name)),
    writeCard('OVERFLOW', overflow, 'whether rows were left out for a limit'),
    ...(description === null ? [] : [writeCommentary('COMMENT', description)]),
    ...columns.flatMap((column, at) => columnCards(described[at]!, column, at + 1)),
  ];
  return closedHeader(cards.join(''));
}

function columnCards(
  { name, unit, ucd, utype, xtype, description }: Column,
  { form, none, dimensions }: FitsColumn,
  number: number,
): string[] {
  const texts = {
    TTYPE: name,
    TFORM: form,
    TDIM: dimensions,
    TUNIT: unit,
    TUCD: ucd,
    TUTYP: utype,
    TXTYP: xtype,
    TCOMM: description,
  };
  const cards = Object.entries(texts).flatMap(([keyword, text]) =>
    text === null ? [] : [writeCard(`${keyword}${number}`, plain(text))],
  );
  return none === null ? cards : [...cards, integerCard(`TNULL${number}`, none)];
}

/** As `writeCard`, for integers beyond those of a double. */
function integerCard(keyword: string, value: bigint): string {
  return `${keyword.padEnd(8)}= ${String(value).padStart(20)}`.padEnd(80);
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[^\x20-\x7e]/gu, '?');
}

function ascii(text: string): Bytes {
  return new TextEncoder().encode(text);
}
