import { HEALPIX_COLUMN } from '../../../engine/catalog/manifest.ts';
import type { Release } from '../../../engine/catalog/release.ts';
import { nearestName } from '../../../engine/nearest-name.ts';
import type { DataFile, Selection } from '../../../engine/selection/select-rows.ts';
import { given } from '../../request/read-parameters.ts';
import type { RawParameters } from '../../request/request-parameters.ts';
import { quoted, RequestError } from '../../request-error.ts';
import { parseFilters, someOf } from './parse-filters.ts';

const FILE = /^dataset\/(?:Norder=(\d+)\/Dir=\d+\/Npix=(\d+)|part-(\d+))\.parquet$/;

/** The data file of the catalogue that a path names; null for any other file. */
export function dataFileOf(path: string): DataFile | null {
  const [, order, pixel, part] = FILE.exec(path) ?? [];
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
  file: DataFile,
  parameters: RawParameters,
): Selection | null {
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
  const chosen = columns === undefined ? [...known.keys()] : parseColumns(columns, release);
  const conditions = filters === undefined ? [] : parseFilters(filters, known);
  const filtered = conditions.flat().map(({ column }) => column);
  const index = known.has(HEALPIX_COLUMN) ? [HEALPIX_COLUMN] : [];
  return { file, columns: [...new Set([...chosen, ...filtered, ...index])], filters: conditions };
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
