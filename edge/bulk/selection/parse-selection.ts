import { HEALPIX_COLUMN } from '../../../engine/catalog/manifest.ts';
import type { Release } from '../../../engine/catalog/release.ts';
import type { ReleaseFile } from '../../../engine/catalog/release-files.ts';
import { nearestName } from '../../../engine/nearest-name.ts';
import type { DataFile } from '../../../engine/selection/indexed-groups.ts';
import type { Selection } from '../../../engine/selection/select-rows.ts';
import { given } from '../../request/read-parameters.ts';
import type { RawParameters } from '../../request/request-parameters.ts';
import { quoted, RequestError } from '../../request-error.ts';
import { parseFilters, someOf } from './parse-filters.ts';

/** Largest file, in bytes, that is chosen from though the index does not know it: it is read whole. */
const MOST_BYTES = 32 << 20;

/** In a HATS collection the catalogue has a folder of its own, beside its margin. */
const INDEXED = /^(?:catalog\/)?dataset\/(?:Norder=(\d+)\/Dir=\d+\/Npix=(\d+)|part-(\d+))\.parquet$/;

/** As the index knows a file; null where it does not. */
function indexedFile(path: string): DataFile | null {
  const [, order, pixel, part] = INDEXED.exec(path) ?? [];
  if (part !== undefined) return { order: 0, pixel: Number(part) };
  return pixel === undefined ? null : { order: Number(order), pixel: Number(pixel) };
}

/**
 * What `columns` and `filters` of an address choose of a file; null where it has neither. The filters' columns and the index column are chosen
 * along, since LSDB, which asks for neither, filters once more and indexes by the latter.
 * @throws RequestError (400) that says what is wrong, and what would be right.
 */
export function parseSelection(
  release: Release,
  file: ReleaseFile,
  parameters: RawParameters,
): Selection | null {
  if (!file.path.endsWith('.parquet')) return null;
  const known = release.columns;
  const [columns, filters] = ['COLUMNS', 'FILTERS'].map((name) => {
    if ((parameters.get(name)?.length ?? 0) > 1) {
      throw new RequestError(
        400,
        `${name.toLowerCase()} is given ${parameters.get(name)!.length} times: give it once.`,
      );
    }
    return given(parameters, name);
  });
  if (columns === undefined && filters === undefined) return null;
  const indexed = indexedFile(file.path);
  if (indexed === null && file.bytes > MOST_BYTES) {
    throw new RequestError(
      413,
      `${file.path} is too large to choose columns and rows of: ask for it without columns and filters.`,
    );
  }
  const chosen = columns === undefined ? [...known.keys()] : parseColumns(columns, release);
  const conditions = filters === undefined ? [] : parseFilters(filters, known);
  const filtered = conditions.flat().map(({ column }) => column);
  const index = known.has(HEALPIX_COLUMN) ? [HEALPIX_COLUMN] : [];
  return { file, indexed, columns: [...new Set([...chosen, ...filtered, ...index])], filters: conditions };
}

/** LSDB leaves out the blanks of names. */
function parseColumns(text: string, { columns }: Release): string[] {
  const withoutBlanks = new Map([...columns.keys()].map((name) => [name.replaceAll(' ', ''), name]));
  return text.split(',').map((part) => {
    const name = part.trim();
    const found = columns.has(name) ? name : withoutBlanks.get(name);
    if (found !== undefined) return found;
    const nearest = nearestName(name, [...columns.keys()]);
    const advice = nearest === null ? `The columns are ${someOf(columns)}.` : `Did you mean ${nearest}?`;
    throw new RequestError(400, `columns has ${quoted(name)}, which is no column. ${advice}`);
  });
}
