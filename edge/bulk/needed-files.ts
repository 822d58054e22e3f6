import { coverageOf } from '../../engine/catalog/coverage.ts';
import type { FileList } from '../../engine/catalog/file-lists.ts';
import type { Release } from '../../engine/catalog/release.ts';
import type { ReleaseFile } from '../../engine/catalog/release-files.ts';
import type { CellRanges } from '../../engine/healpix-wasm/kernel.ts';
import { intersection, touches } from '../../engine/healpix-wasm/ranges.ts';
import { RequestError } from '../request-error.ts';

/** A data file of a cell, be it of the catalogue itself or of a margin cache beside it. */
const CELL_FILE = /(?:^|\/)Norder=(\d+)\/Dir=\d+\/Npix=(\d+)\.parquet$/;

/** The service's own: nobody who downloads has a use for it. */
const OWN = /^(index\/|manifest\.json$|files\.json$)/;

/**
 * The files that are needed for a region: data files of cells in which it may have rows, and all that is needed to open them as a
 * catalogue. Without a region all files that anybody has a use for.
 * @throws RequestError (404) for a region of a table without positions.
 */
export function neededFiles(release: Release, { files }: FileList, region: CellRanges | null): ReleaseFile[] {
  const offered = files.filter(({ path }) => !OWN.test(path));
  if (region === null) return offered;
  const { manifest } = release;
  if (manifest.coverage === null) {
    throw new RequestError(
      404,
      `${manifest.catalog} has no positions: its files cannot be chosen by a region, only be had all together.`,
    );
  }
  const where = intersection(region, coverageOf(release));
  return offered.filter(({ path }) => {
    const [, order, pixel] = CELL_FILE.exec(path) ?? [];
    return order === undefined || touches(where, cellRange(Number(order), BigInt(pixel!)));
  });
}

function cellRange(order: number, pixel: bigint): CellRanges {
  const shift = BigInt(2 * (29 - order));
  return {
    start: BigInt64Array.of(pixel << shift),
    end: BigInt64Array.of((pixel + 1n) << shift),
    full: Uint8Array.of(1),
  };
}
