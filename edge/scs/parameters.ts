import type { Cone } from '../../engine/healpix-wasm/kernel.ts';
import { given, parameterReader } from '../request/read-parameters.ts';
import type { RawParameters } from '../request/request-parameters.ts';
import {
  CONE_FORMATS,
  negotiateFormat,
  parseResponseFormat,
  type ResponseFormat,
} from '../request/response-format.ts';
import { type Parsed, parseChoice, parseCount, parseDegrees } from '../request/values.ts';
import { quoted } from '../request-error.ts';
import type { Limits } from '../service.ts';

/** SCS 1.03 §2.1: 1 for the fewest columns, 2 for the usual, 3 for all. */
export type Verbosity = 1 | 2 | 3;

/** A cone search request that makes sense. */
export interface ConeQuery {
  readonly cone: Cone;
  readonly verbosity: Verbosity;
  /** Most rows of the answer. */
  readonly limit: number;
  /** Nearest first. */
  readonly sorted: boolean;
  /** Only so many rows, the nearest; null for all of the cone. */
  readonly nearest: number | null;
  readonly format: ResponseFormat;
}

const REQUIRED = ['RA', 'DEC', 'SR'] as const;
const PARAMETERS = [...REQUIRED, 'VERB', 'MAXREC', 'RESPONSEFORMAT', 'SORT', 'NEAREST'] as const;

export const VERBOSITIES = { '1': 1, '2': 2, '3': 3 } as const;
const SORTS = { separation: true, none: false } as const;

/**
 * Reads a request. A parameter without a value counts as not given; parameters that are not a cone search's are
 * ignored (SCS 1.03 §2.1).
 * @param accept the Accept header, which counts where RESPONSEFORMAT is not given.
 * @throws RequestError (400) that names every parameter that is missing, repeated or wrong, and what would be right.
 */
export function parseConeQuery(raw: RawParameters, accept: string | undefined, limits: Limits): ConeQuery {
  const { read, refuseFaults } = parameterReader(raw, PARAMETERS, missing(raw));
  const lon = read('RA', 0, (text) =>
    parseDegrees(text, 0, 360, 'right ascension runs from 0 to 360 degrees'),
  );
  const lat = read('DEC', 0, (text) =>
    parseDegrees(text, -90, 90, 'declination runs from -90 to 90 degrees'),
  );
  const nearest = read('NEAREST', null, parseNearest);
  const radius = read('SR', nearest === null ? 0 : limits.maxRadius, (text) =>
    parseRadius(text, limits.maxRadius),
  );
  const query: ConeQuery = {
    cone: { lon: lon === 360 ? 0 : lon, lat, radius },
    verbosity: read<Verbosity>('VERB', 2, (text) => parseChoice(text, VERBOSITIES)),
    limit: Math.min(read('MAXREC', limits.defaultRecords, parseCount), limits.maxRecords),
    sorted: read<boolean>('SORT', false, (text) => parseChoice(text, SORTS)),
    nearest,
    format: read('RESPONSEFORMAT', negotiateFormat(accept, CONE_FORMATS), (text) =>
      parseResponseFormat(text, CONE_FORMATS),
    ),
  };
  refuseFaults();
  return query;
}

/** Most rows that NEAREST may ask for: they are held in memory. */
export const MAX_NEAREST = 10_000;

export function parseNearest(text: string): Parsed<number> {
  const parsed = parseCount(text);
  if ('value' in parsed && parsed.value >= 1 && parsed.value <= MAX_NEAREST) return parsed;
  return { fault: `${quoted(text)} is not a whole number of rows from 1 to ${MAX_NEAREST}` };
}

function parseRadius(text: string, maxRadius: number): Parsed<number> {
  const rule = `this service answers radii from 0 (columns only) to ${maxRadius} degrees`;
  return parseDegrees(text, 0, maxRadius, rule);
}

function missing(raw: RawParameters): string[] {
  const isNearest = given(raw, 'NEAREST') !== undefined;
  const names = REQUIRED.filter((name) => given(raw, name) === undefined && !(name === 'SR' && isNearest));
  if (names.length === 0) return [];
  const verb = names.length === 1 ? 'is' : 'are';
  return [`${names.join(', ')} ${verb} missing: a cone search needs RA, DEC and SR in decimal degrees`];
}
