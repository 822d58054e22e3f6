import { parseAccept } from 'hono/utils/accept';
import { quoted, RequestError } from '../request-error.ts';

/** A serialisation of a MOC (MOC 2.0 §4.3), as a file of the release. */
export interface MocFormat {
  /** Its path in the release. */
  readonly file: string;
  /** Value of Content-Type. */
  readonly mediaType: string;
}

const FITS: MocFormat = { file: 'moc.fits', mediaType: 'application/fits' };
const JSON_CELLS: MocFormat = { file: 'moc.json', mediaType: 'application/json' };
const ASCII: MocFormat = { file: 'moc.txt', mediaType: 'text/plain;charset=utf-8' };

const FORMATS: ReadonlyMap<string, MocFormat> = new Map([
  ['fits', FITS],
  ['application/fits', FITS],
  ['image/fits', FITS],
  ['json', JSON_CELLS],
  ['application/json', JSON_CELLS],
  ['ascii', ASCII],
  ['text/plain', ASCII],
]);

/** Media types that are offered, the default first. */
export const MOC_MEDIA_TYPES: readonly string[] = [FITS, JSON_CELLS, ASCII].map(({ mediaType }) => mediaType);

/**
 * RESPONSEFORMAT chooses (DALI 1.1 §3.4.3), else the Accept header, else FITS, which every client reads.
 * @throws RequestError (400) that names the formats, for a RESPONSEFORMAT that is none of them or is given twice.
 */
export function chooseMocFormat(
  parameters: Readonly<Record<string, string[]>>,
  accept: string | undefined,
): MocFormat {
  const given = Object.entries(parameters).flatMap(([name, values]) =>
    name.toUpperCase() === 'RESPONSEFORMAT' ? values.filter((value) => value.trim() !== '') : [],
  );
  if (given.length > 1)
    throw new RequestError(400, `RESPONSEFORMAT is given ${given.length} times: give it once.`);
  const [text] = given;
  if (text !== undefined) {
    const format = FORMATS.get(mediaTypeOf(text));
    if (format) return format;
    throw new RequestError(
      400,
      `RESPONSEFORMAT ${quoted(text)} is not offered; ask for fits, json or ascii.`,
    );
  }
  for (const { type, q } of parseAccept(accept ?? '')) {
    if (q === 0) continue;
    if (type === '*/*') return FITS;
    const format = FORMATS.get(type.toLowerCase());
    if (format && type.includes('/')) return format;
  }
  return FITS;
}

/** Without its parameters, none of which changes anything here. */
function mediaTypeOf(text: string): string {
  return text.split(';', 1)[0]!.trim().toLowerCase();
}
