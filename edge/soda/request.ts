import {
  type Interval,
  parseCircle,
  parseInterval,
  parsePolygon,
  parsePos,
  type SkyRegion,
} from '../request/dali-values.ts';
import { given, parameterReader } from '../request/read-parameters.ts';
import type { RawParameters } from '../request/request-parameters.ts';
import type { Parsed } from '../request/values.ts';
import { quoted } from '../request-error.ts';
import { SeveralValuesError } from './failure.ts';
import { type PixelRanges, parseSection } from './pixel-section.ts';
import { CUTOUT_TYPES, type CutoutType, POLARIZATIONS } from './standard.ts';

/** What a request for a cutout asks; a filter that is not given is null and keeps everything. */
export interface CutoutRequest {
  readonly did: string;
  /** Degrees, ICRS. */
  readonly region: SkyRegion | null;
  /** Wavelengths in vacuum, metres. */
  readonly band: Interval | null;
  /** MJD. */
  readonly time: Interval | null;
  /** Polarization states, in upper case. */
  readonly polarizations: readonly string[] | null;
  readonly pixels: PixelRanges | null;
  readonly type: CutoutType;
  /** The filters as they were given, `NAME=value`. */
  readonly asked: readonly string[];
}

const REGIONS = ['CIRCLE', 'POLYGON', 'POS'] as const;
const SINGLE = ['ID', ...REGIONS, 'BAND', 'TIME', 'SECTION', 'FORMAT', 'RESPONSEFORMAT'] as const;

/**
 * The parameters of SODA 1.0 §3, and SECTION.
 * @throws RequestError (400) that names every parameter that is missing or wrong, and what would be right.
 * @throws SeveralValuesError where one has several values of which each would make a cutout of its own.
 */
export function parseCutoutRequest(raw: RawParameters): CutoutRequest {
  refuseSeveral(raw);
  const id = given(raw, 'ID');
  const missing = id === undefined ? ['ID is missing: give the obs_publisher_did of an image'] : [];
  const reader = parameterReader<(typeof SINGLE)[number] | 'POL'>(raw, [], missing);
  const region =
    reader.read<SkyRegion | null>('CIRCLE', null, parseCircle) ??
    reader.read<SkyRegion | null>('POLYGON', null, parsePolygon) ??
    reader.read<SkyRegion | null>('POS', null, parsePos);
  const band = reader.read<Interval | null>('BAND', null, parseBand);
  const time = reader.read<Interval | null>('TIME', null, parseInterval);
  const pixels = reader.read<PixelRanges | null>('SECTION', null, parseSection);
  const format = reader.read<CutoutType | null>('FORMAT', null, parseFormat);
  const responseFormat = reader.read<CutoutType | null>('RESPONSEFORMAT', null, parseFormat);
  const polarizations = reader.read('POL', null, () => parsePolarizations(raw.get('POL')!));
  reader.refuseFaults();
  const type = format ?? responseFormat ?? CUTOUT_TYPES[0];
  return { did: id!, region, band, time, polarizations, pixels, type, asked: askedFor(raw) };
}

const FILTERS = [...REGIONS, 'BAND', 'TIME', 'POL', 'SECTION'];

function askedFor(raw: RawParameters): string[] {
  return FILTERS.flatMap((name) => {
    const values =
      raw
        .get(name)
        ?.map((text) => text.trim())
        .filter((text) => text !== '') ?? [];
    return values.map((value) => `${name}=${value.replaceAll(/\s+/g, ' ')}`);
  });
}

/** Values of POL are one filter together (SODA 1.0 §3.3.6); of all others each value would make a cutout of its own (§3.1). */
function refuseSeveral(raw: RawParameters): void {
  for (const name of SINGLE) {
    const values = raw.get(name)?.filter((text) => text.trim() !== '') ?? [];
    if (values.length < 2) continue;
    throw new SeveralValuesError(
      `${name} is given ${values.length} times, and one request makes one cutout: send a request for each.`,
    );
  }
  const regions = REGIONS.filter((name) => given(raw, name) !== undefined);
  if (regions.length < 2) return;
  throw new SeveralValuesError(
    `${regions.join(' and ')} are given, and each is a region of its own: send a request for each.`,
  );
}

/** Wavelengths are not negative. */
function parseBand(text: string): Parsed<Interval> {
  const parsed = parseInterval(text);
  if ('fault' in parsed || parsed.value[1] > 0) return parsed;
  return { fault: `${quoted(text)} holds no wavelength; give metres, such as 5e-7 6e-7` };
}

function parsePolarizations(texts: readonly string[]): Parsed<string[]> {
  const states = texts.map((text) => text.trim().toUpperCase()).filter((text) => text !== '');
  const unknown = states.find((state) => !POLARIZATIONS.includes(state));
  if (unknown === undefined) return { value: states };
  return { fault: `${quoted(unknown)} is none of ${POLARIZATIONS.join(', ')}` };
}

const FORMATS: Readonly<Record<string, CutoutType>> = {
  'application/fits': 'application/fits',
  'image/fits': 'application/fits',
  fits: 'application/fits',
  'image/png': 'image/png',
  png: 'image/png',
  'image/jpeg': 'image/jpeg',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
};

/** A media type or a short name of what cutouts come as. */
export function parseFormat(text: string): Parsed<CutoutType> {
  const name = text.split(';', 1)[0]!.trim().toLowerCase();
  if (Object.hasOwn(FORMATS, name)) return { value: FORMATS[name]! };
  return { fault: `${quoted(text)} is not offered; ask for ${CUTOUT_TYPES.join(', ')}` };
}
