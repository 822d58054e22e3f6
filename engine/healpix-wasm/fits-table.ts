/** FITS files come in blocks, their headers in cards. */
const BLOCK = 2880;
const CARD = 80;

/** A keyword of a header with its value; texts of at most 68 characters, without quotes. */
export type FitsCard = readonly [keyword: string, value: string | number | boolean];

/** A binary table: what a row has, and how many there are. */
export interface FitsRows {
  /** Names and formats (FITS 4.0 §7.3.1) of the columns. */
  readonly columns: readonly { readonly name: string; readonly format: string }[];
  /** Bytes of a row. */
  readonly width: number;
  readonly rows: number;
}

/**
 * A FITS file of one binary table (FITS 4.0 §7.3).
 * @param cards of the table's header, beyond those that say what its columns are.
 * @param fill writes the rows, one after the other from the start on, big-endian.
 */
export function fitsTable(
  { columns, width, rows }: FitsRows,
  cards: readonly FitsCard[],
  fill: (view: DataView<ArrayBuffer>) => void,
): Uint8Array<ArrayBuffer> {
  const primary = header([
    ['SIMPLE', true],
    ['BITPIX', 8],
    ['NAXIS', 0],
    ['EXTEND', true],
  ]);
  const table = header([
    ['XTENSION', 'BINTABLE'],
    ['BITPIX', 8],
    ['NAXIS', 2],
    ['NAXIS1', width],
    ['NAXIS2', rows],
    ['PCOUNT', 0],
    ['GCOUNT', 1],
    ['TFIELDS', columns.length],
    ...columns.flatMap(({ name, format }, at): FitsCard[] => [
      [`TTYPE${at + 1}`, name],
      [`TFORM${at + 1}`, format],
    ]),
    ...cards,
  ]);
  const head = new TextEncoder().encode(primary + table);
  const file = new Uint8Array(head.length + Math.ceil((rows * width) / BLOCK) * BLOCK);
  file.set(head);
  fill(new DataView(file.buffer, head.length));
  return file;
}

/** FITS 4.0 §4.2: values in fixed format. */
function header(cards: readonly FitsCard[]): string {
  const lines = cards.map(([keyword, value]) => {
    const text =
      typeof value === 'string'
        ? `'${value.padEnd(8)}'`
        : (typeof value === 'boolean' ? (value ? 'T' : 'F') : String(value)).padStart(20);
    return `${keyword.padEnd(8)}= ${text}`.padEnd(CARD);
  });
  const text = [...lines, 'END'].join('');
  return text.padEnd(Math.ceil(text.length / BLOCK) * BLOCK);
}
