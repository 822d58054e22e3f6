import type { CelestialAxes, SkyFrame } from './celestial-axes.ts';
import { type DssPlate, dssPlate } from './dss-plate.ts';
import { FitsError } from './errors.ts';
import { type FitsHeader, integerOf, numberOf, textOf } from './header.ts';
import type { FitsImage } from './image.ts';
import { linearAxis } from './linear-axes.ts';

/** What the header does not have. */
const NONE = Number.NaN;
const TPV_TERMS = 40;

const FRAMES: Readonly<Record<SkyFrame, number>> = {
  ICRS: 0,
  FK5: 1,
  FK4: 2,
  'FK4-NO-E': 3,
  GALACTIC: 4,
  SUPERGALACTIC: 5,
  ECLIPTIC: 6,
};

/** Degrees by which a pole may be missed. */
const ROUNDING = 1e-9;

/** Higher orders are damage: a convention for 9 has never been made. */
const HIGHEST_SIP = 9;

/**
 * The numbers of a header that make positions of pixels, as the kernel takes them (`Wcs::new` in engine/fits-wasm/src/wcs.rs).
 * @throws {FitsError} `no-wcs` where keywords lack that positions need; `unsupported-wcs`
 */
export function wcsBlock(image: FitsImage, sky: CelestialAxes): Float64Array {
  const { header, location } = image;
  const plate = dssPlate(header);
  if (plate !== null) return plateBlock(plate, sky);
  requireReference(image, sky);
  const [first, second] = [sky.lon, sky.lat].sort((a, b) => a - b) as [number, number];
  const lon = linearAxis(image, sky.lon);
  const lat = linearAxis(image, sky.lat);
  const toDegrees = [angleUnit(header, sky.lon, location.index), angleUnit(header, sky.lat, location.index)];
  const [lonValue, latValue] = [
    numberOf(header, `CRVAL${sky.lon + 1}`)! * toDegrees[0]!,
    numberOf(header, `CRVAL${sky.lat + 1}`)! * toDegrees[1]!,
  ];
  if (Math.abs(latValue) > 90 + ROUNDING) {
    throw new FitsError(
      'unsupported-wcs',
      location.index,
      `CRVAL${sky.lat + 1} is ${latValue} degrees: a latitude is from -90 to 90`,
    );
  }
  const tpv = isTpv(image, sky);
  const known = tpv ? { projection: 'TAN', lon: [], lat: [] } : knownProjection(header, sky, latValue);
  const sip = sipOf(image, first, second);
  return Float64Array.of(
    projectionCode(known.projection),
    lonValue,
    latValue,
    known.lon[1] ?? NONE,
    known.lon[2] ?? NONE,
    numberIn(known.lon, 3) ?? numberOf(header, 'LONPOLE') ?? NONE,
    numberIn(known.lon, 4) ?? numberOf(header, 'LATPOLE') ?? NONE,
    known.lon[0] ?? NONE,
    numberOf(header, `CRPIX${first + 1}`) ?? 0,
    numberOf(header, `CRPIX${second + 1}`) ?? 0,
    lon[first]! * toDegrees[0]!,
    lon[second]! * toDegrees[0]!,
    lat[first]! * toDegrees[1]!,
    lat[second]! * toDegrees[1]!,
    ...frameNumbers(sky),
    ...(sip?.orders ?? [-1, -1]),
    tpv ? TPV_TERMS : known.lat.length,
    tpv ? 1 : 0,
    ...(sip?.coefficients ?? []),
    ...(tpv ? [...tpvTerms(header, sky.lat), ...tpvTerms(header, sky.lon)] : known.lat),
  );
}

/** A projection with its parameters, PVi_0 and so on, of both axes. */
interface KnownProjection {
  readonly projection: string;
  readonly lon: readonly number[];
  readonly lat: readonly number[];
}

/** NCP and GLS are AIPS's names of a SIN and an SFL (Calabretta & Greisen 2002, §6.1). */
function knownProjection(
  header: FitsHeader,
  { projection, lon, lat }: CelestialAxes,
  latValue: number,
): KnownProjection {
  switch (projection) {
    case 'NCP':
      return { projection: 'SIN', lon: [], lat: [NONE, 0, 1 / Math.tan((latValue * Math.PI) / 180)] };
    case 'GLS':
      return { projection: 'SFL', lon: [1, 0, latValue], lat: [] };
    default:
      return { projection, lon: parameters(header, lon), lat: parameters(header, lat) };
  }
}

const numberIn = (numbers: readonly number[], at: number): number | null =>
  Number.isNaN(numbers[at] ?? NONE) ? null : numbers[at]!;

/** A plate of the Digitized Sky Survey is in the axes 1 and 2. */
function plateBlock(
  { lon, lat, crpix, cdelt, lonTerms, latTerms }: DssPlate,
  sky: CelestialAxes,
): Float64Array {
  return Float64Array.of(
    projectionCode('TAN'),
    lon,
    lat,
    ...[NONE, NONE, NONE, NONE, NONE],
    ...crpix,
    ...[cdelt[0], 0, 0, cdelt[1]],
    ...frameNumbers(sky),
    ...[-1, -1],
    TPV_TERMS,
    1,
    ...latTerms,
    ...lonTerms,
  );
}

/** Number of the frame, its equinox, and the epoch of observation in it. */
function frameNumbers({ frame, equinox }: CelestialAxes): [number, number, number] {
  return [FRAMES[frame], equinox ?? 2000, equinox ?? 2000];
}

const projectionCode = (name: string): number =>
  (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2);

/**
 * CRVAL, and a scale: their defaults are no place on the sky that anyone could have meant. Nor are those of a keyword that is there with a
 * value that is no number, such as NaN; one without a value is as good as none (FITS 4.0 §4.1.2.3).
 */
function requireReference({ header, location }: FitsImage, { lon, lat }: CelestialAxes): void {
  const numbers = [lon + 1, lat + 1];
  const missing = numbers.map((n) => `CRVAL${n}`).filter((keyword) => numberOf(header, keyword) === null);
  const scaled = [...header.values.keys()].some((keyword) => /^(CD\d+_\d+|CDELT\d+)$/.test(keyword));
  if (!scaled) missing.push(`CDELT${numbers[0]} or CD${numbers[0]}_${numbers[0]}`);
  for (const { keyword, value, text } of header.cards) {
    const axis = /^(?:CRPIX(\d+)|CDELT(\d+)|(?:CD|PC)(\d+)_\d+)$/.exec(keyword)?.slice(1).join('');
    if (!numbers.includes(Number(axis)) || numberOf(header, keyword) !== null) continue;
    if (value !== null || !/^=?\s*(\/|$)/.test(text.slice(8))) missing.push(keyword);
  }
  if (missing.length === 0) return;
  throw new FitsError(
    'no-wcs',
    location.index,
    `the coordinates of the sky (WCS) are incomplete: ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing or no number`,
  );
}

/** Degrees in a unit of an angle. */
function angleUnit(header: FitsHeader, axis: number, index: number): number {
  const unit = textOf(header, `CUNIT${axis + 1}`)?.toLowerCase() ?? 'deg';
  const degrees: Readonly<Record<string, number>> = {
    deg: 1,
    degree: 1,
    degrees: 1,
    arcmin: 1 / 60,
    arcsec: 1 / 3600,
    mas: 1 / 3_600_000,
    rad: 180 / Math.PI,
  };
  const found = degrees[unit];
  if (found !== undefined) return found;
  throw new FitsError('unsupported-wcs', index, `CUNIT${axis + 1} is '${unit}': it must be an angle, as deg`);
}

/** PVi_0 and so on of an axis, NaN where there is none. */
function parameters(header: FitsHeader, axis: number): number[] {
  const found: number[] = [];
  for (let m = 0; m < TPV_TERMS; m++) {
    const value = numberOf(header, `PV${axis + 1}_${m}`);
    if (value === null) continue;
    while (found.length < m) found.push(Number.NaN);
    found.push(value);
  }
  return found;
}

/** Parameters that TAN does not have are those of TPV, as SCAMP wrote them before TPV had a name of its own. */
function isTpv({ header }: FitsImage, { lon, lat, projection }: CelestialAxes): boolean {
  if (projection === 'TPV') return true;
  const sip = header.values.has('A_ORDER');
  return (
    projection === 'TAN' && !sip && parameters(header, lat).length > 0 && parameters(header, lon).length > 5
  );
}

/** The coefficient of x, or of y in the other axis, is 1 where it is not given. */
function tpvTerms(header: FitsHeader, axis: number): number[] {
  const given = parameters(header, axis);
  return Array.from({ length: TPV_TERMS }, (_, m) => {
    const value = given[m] ?? Number.NaN;
    return Number.isNaN(value) ? (m === 1 ? 1 : 0) : value;
  });
}

/** A_p_q and B_p_q; null where the header has none. */
function sipOf({ header, location }: FitsImage, first: number, second: number) {
  const orders = [integerOf(header, 'A_ORDER'), integerOf(header, 'B_ORDER')] as const;
  if (orders[0] === null && orders[1] === null) return null;
  if (
    first !== 0 ||
    second !== 1 ||
    orders.some((order) => order === null || order < 0 || order > HIGHEST_SIP)
  ) {
    throw new FitsError(
      'unsupported-wcs',
      location.index,
      `SIP needs A_ORDER and B_ORDER from 0 to ${HIGHEST_SIP}, and the sky in axes 1 and 2`,
    );
  }
  const terms = (name: string, order: number) =>
    Array.from({ length: (order + 1) ** 2 }, (_, at) => {
      const [p, q] = [Math.floor(at / (order + 1)), at % (order + 1)];
      return p + q > order ? 0 : (numberOf(header, `${name}_${p}_${q}`) ?? 0);
    });
  return {
    orders: orders as [number, number],
    coefficients: [...terms('A', orders[0]!), ...terms('B', orders[1]!)],
  };
}
