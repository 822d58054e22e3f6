import { fitsTable } from './fits-table.ts';
import { type Moc, mocCells } from './moc.ts';

/**
 * A MOC as a FITS file: one column of NUNIQ numbers, 4·4^order + cell, ascending (MOC 2.0). This serialisation is also
 * that of MOC 1.1, so that older clients read it.
 */
export function mocFits(moc: Moc): Uint8Array<ArrayBuffer> {
  const cells = mocCells(moc);
  return fitsTable(
    { columns: [{ name: 'UNIQ', format: '1K' }], width: 8, rows: cells.length },
    [
      ['PIXTYPE', 'HEALPIX'],
      ['ORDERING', 'NUNIQ'],
      ['COORDSYS', 'C'],
      ['MOCVERS', '2.0'],
      ['MOCDIM', 'SPACE'],
      ['MOCORD_S', moc.order],
      ['MOCORDER', moc.order],
      ['MOCTOOL', 'Almagest'],
    ],
    (view) => {
      cells.forEach(({ order, cell }, row) => {
        view.setBigInt64(8 * row, (4n << (2n * BigInt(order))) + cell);
      });
    },
  );
}
