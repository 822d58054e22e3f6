import { type Moc, mocCells } from './moc.ts';

/** FITS files come in blocks, their headers in cards. */
const BLOCK = 2880;
const CARD = 80;

/**
 * A MOC as a FITS file: one column of NUNIQ numbers, 4·4^order + cell, ascending (MOC 2.0). This serialisation is also
 * that of MOC 1.1, so that older clients read it.
 */
export function mocFits(moc: Moc): Uint8Array<ArrayBuffer> {
  const cells = mocCells(moc);
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
    ['NAXIS1', 8],
    ['NAXIS2', cells.length],
    ['PCOUNT', 0],
    ['GCOUNT', 1],
    ['TFIELDS', 1],
    ['TTYPE1', 'UNIQ'],
    ['TFORM1', '1K'],
    ['PIXTYPE', 'HEALPIX'],
    ['ORDERING', 'NUNIQ'],
    ['COORDSYS', 'C'],
    ['MOCVERS', '2.0'],
    ['MOCDIM', 'SPACE'],
    ['MOCORD_S', moc.order],
    ['MOCORDER', moc.order],
    ['MOCTOOL', 'Almagest'],
  ]);
  const head = new TextEncoder().encode(primary + table);
  const file = new Uint8Array(head.length + Math.ceil((cells.length * 8) / BLOCK) * BLOCK);
  file.set(head);
  const view = new DataView(file.buffer, head.length);
  cells.forEach(({ order, cell }, row) => {
    view.setBigInt64(8 * row, (4n << (2n * BigInt(order))) + cell);
  });
  return file;
}

/** FITS 4.0 §4.2: values in fixed format. */
function header(cards: readonly (readonly [keyword: string, value: string | number | boolean])[]): string {
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
