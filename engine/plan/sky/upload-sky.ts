import type { HealpixKernel } from '../../healpix-wasm/kernel.ts';
import { positionsOf } from '../../upload/positions.ts';
import type { Upload } from '../../upload/upload.ts';
import type { Place } from './places.ts';
import { anyOf, type CellSpan, EVERYWHERE, type Sky } from './sky.ts';

/** Positions that are each looked at alone; of more the cells are taken that hold them. */
const MOST_ALONE = 400;

/** Of the cells: some 0.46° wide. */
const ORDER = 7;

/** Where the positions of an upload are. */
export function uploadSky(upload: Upload, { lon, lat }: Place, { hash }: Pick<HealpixKernel, 'hash'>): Sky {
  const [lonName] = lon;
  const [latName] = lat;
  if (lonName === undefined || latName === undefined) return EVERYWHERE;
  const positions = positionsOf(upload, lonName, latName);
  if (positions === null) return EVERYWHERE;
  if (positions.lon.length <= MOST_ALONE) {
    return anyOf(
      Array.from(positions.lon, (lon, at) => ({
        kind: 'cone',
        cone: { lon, lat: positions.lat[at]!, radius: 0 },
      })),
    );
  }
  return { kind: 'cells', order: ORDER, cells: cellsOf(hash(positions.lon, positions.lat)) };
}

function cellsOf(cells: BigInt64Array): CellSpan[] {
  const shift = BigInt(2 * (29 - ORDER));
  const found = new Uint8Array(12 * 4 ** ORDER);
  for (const cell of cells) found[Number(cell >> shift)] = 1;
  const spans: CellSpan[] = [];
  for (let first = found.indexOf(1); first >= 0; ) {
    const end = found.indexOf(0, first);
    const last = (end < 0 ? found.length : end) - 1;
    spans.push({ first: BigInt(first), last: BigInt(last) });
    first = found.indexOf(1, last + 1);
  }
  return spans;
}
