import { dssPlate } from './dss-plate.ts';
import { FitsError } from './errors.ts';
import { type FitsHeader, numberOf, textOf } from './header.ts';
import type { FitsImage } from './image.ts';

export type SkyFrame = 'ICRS' | 'FK5' | 'FK4' | 'FK4-NO-E' | 'GALACTIC' | 'SUPERGALACTIC' | 'ECLIPTIC';

/** The axes of the sky in an image, whichever they are. */
export interface CelestialAxes {
  /** From 0 on. */
  readonly lon: number;
  readonly lat: number;
  /** Three letters of CTYPEn. */
  readonly projection: string;
  readonly frame: SkyFrame;
  /** Years, Besselian in FK4 and Julian otherwise; null where the frame has none. */
  readonly equinox: number | null;
}

const CTYPE = /^(RA|DEC|[GES]LON|[GES]LAT)(-+)([A-Z0-9]{3})(-SIP)?\s*$/;
const FRAMES: Readonly<Record<string, SkyFrame>> = { G: 'GALACTIC', E: 'ECLIPTIC', S: 'SUPERGALACTIC' };

/** @throws {FitsError} `no-wcs` where the header has no such axes; `unsupported-wcs` */
export function celestialAxes({ header, axes, location }: FitsImage): CelestialAxes {
  const { index } = location;
  if (axes.length >= 2 && dssPlate(header) !== null) {
    return { lon: 0, lat: 1, projection: 'TAN', ...frameOf(header, 'RA', index) };
  }
  const ctypes = axes.map((_, axis) => textOf(header, `CTYPE${axis + 1}`));
  const found = ctypes.map((ctype) => (ctype === null ? null : CTYPE.exec(ctype)));
  const lon = found.findIndex((match) => match !== null && /^(RA|.LON)$/.test(match[1]!));
  const lat = found.findIndex((match) => match !== null && /^(DEC|.LAT)$/.test(match[1]!));
  if (lon < 0 || lat < 0) throw withoutAxes(ctypes, index);
  const [, lonName, , projection] = found[lon]!;
  const [, latName, , latProjection] = found[lat]!;
  const pair = lonName === 'RA' ? 'DEC' : `${lonName![0]}LAT`;
  if (latName !== pair || projection !== latProjection) {
    throw new FitsError(
      'unsupported-wcs',
      index,
      `CTYPE${lon + 1} = '${ctypes[lon]}' and CTYPE${lat + 1} = '${ctypes[lat]}' are no pair`,
    );
  }
  return { lon, lat, projection: projection!, ...frameOf(header, lonName!, index) };
}

function withoutAxes(ctypes: readonly (string | null)[], index: number): FitsError {
  const present = ctypes.flatMap((ctype, axis) => (ctype === null ? [] : [`CTYPE${axis + 1} = '${ctype}'`]));
  const linear = ctypes.some((ctype) => /^(RA|DEC)$/.test(ctype ?? ''));
  const there =
    present.length === 0 ? 'CTYPE1 and CTYPE2 are missing' : `there is only ${present.join(', ')}`;
  const wanted = `${there}; wanted is a pair such as 'RA---TAN' and 'DEC--TAN'`;
  if (linear)
    return new FitsError('unsupported-wcs', index, `the axes of the sky have no projection: ${wanted}`);
  return new FitsError('no-wcs', index, `no coordinates of the sky (WCS): ${wanted}`);
}

/** FITS 4.0 §8.3. */
function frameOf(
  header: FitsHeader,
  lonName: string,
  index: number,
): Pick<CelestialAxes, 'frame' | 'equinox'> {
  const equinox = yearOf(header, 'EQUINOX') ?? yearOf(header, 'EPOCH');
  if (lonName !== 'RA') {
    const frame = FRAMES[lonName[0]!]!;
    return { frame, equinox: frame === 'ECLIPTIC' ? (equinox ?? 2000) : null };
  }
  const given = textOf(header, 'RADESYS') ?? textOf(header, 'RADECSYS');
  const system = given?.toUpperCase() ?? (equinox === null ? 'ICRS' : equinox < 1984 ? 'FK4' : 'FK5');
  switch (system) {
    case 'ICRS':
      return { frame: 'ICRS', equinox: null };
    case 'FK5':
      return { frame: 'FK5', equinox: equinox ?? 2000 };
    case 'FK4':
    case 'FK4-NO-E':
      return { frame: system, equinox: equinox ?? 1950 };
    default:
      throw new FitsError(
        'unsupported-wcs',
        index,
        `RADESYS is '${given}': known are ICRS, FK5, FK4 and FK4-NO-E`,
      );
  }
}

/** A year as a number, or as `J2000` and `B1950`. */
function yearOf(header: FitsHeader, keyword: string): number | null {
  const text = textOf(header, keyword);
  if (text === null) return numberOf(header, keyword);
  const year = Number(text.replace(/^[BJ]/i, ''));
  return Number.isFinite(year) && year > 0 ? year : null;
}
