import type { Interval, RowCondition } from '../../../engine/footprints/conditions.ts';
import type { Sky } from '../../../engine/footprints/search.ts';
import { parseInterval, parsePos } from '../../request/dali-values.ts';
import type { RawParameters } from '../../request/request-parameters.ts';
import {
  CONE_FORMATS,
  negotiateFormat,
  parseResponseFormat,
  type ResponseFormat,
} from '../../request/response-format.ts';
import { type Parsed, parseCount } from '../../request/values.ts';
import { quoted, RequestError } from '../../request-error.ts';
import type { Limits } from '../../service.ts';
import { DATA_PRODUCTS, POLARIZATION_STATES } from '../standard.ts';

/** A search for images that makes sense. */
export interface ImageQuery {
  readonly sky: Sky | null;
  readonly conditions: readonly RowCondition[];
  /** Most rows of the answer. */
  readonly limit: number;
  readonly format: ResponseFormat;
}

/** Values of POS in a request at most: each is looked for by itself. */
export const MAX_REGIONS = 32;

/** A parameter that asks something of a row; each may be given several times, for rows that meet one of the values (SIA 2.0 §2.1). */
interface Constraint {
  /** The condition for the values of a request, or what is wrong with each that is none. */
  condition(texts: readonly string[]): Parsed<RowCondition>;
}

const within = (column: string): Constraint => ({
  condition: (texts) => {
    const parsed = parseEach(texts, parseInterval);
    return 'fault' in parsed ? parsed : { value: { kind: 'within', column, intervals: parsed.value } };
  },
});

const meets = (low: string, high: string): Constraint => ({
  condition: (texts) => {
    const parsed = parseEach(texts, parseInterval);
    return 'fault' in parsed ? parsed : { value: { kind: 'meets', low, high, intervals: parsed.value } };
  },
});

const text = (column: string, parse = asItIs, ignoreCase = false): Constraint => ({
  condition: (texts) => {
    const parsed = parseEach(texts, parse);
    return 'fault' in parsed ? parsed : { value: { kind: 'text', column, texts: parsed.value, ignoreCase } };
  },
});

/** SIA 2.0 §2.1.2 to §2.1.17, with the columns of ObsCore that they are about. */
const CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  BAND: meets('em_min', 'em_max'),
  TIME: meets('t_min', 't_max'),
  POL: {
    condition: (texts) => {
      const parsed = parseEach(texts, parsePolarization);
      if ('fault' in parsed) return parsed;
      return { value: { kind: 'part', column: 'pol_states', texts: parsed.value } };
    },
  },
  FOV: within('s_fov'),
  SPATRES: within('s_resolution'),
  SPECRP: within('em_res_power'),
  EXPTIME: within('t_exptime'),
  TIMERES: within('t_resolution'),
  // IVOA identifiers have no case (Identifiers 2.0 §2.1).
  ID: text('obs_publisher_did', asItIs, true),
  COLLECTION: text('obs_collection'),
  FACILITY: text('facility_name'),
  INSTRUMENT: text('instrument_name'),
  DPTYPE: text('dataproduct_type', parseDataProduct),
  CALIB: {
    condition: (texts) => {
      const parsed = parseEach(texts, parseCalibration);
      if ('fault' in parsed) return parsed;
      return { value: { kind: 'within', column: 'calib_level', intervals: parsed.value } };
    },
  },
  TARGET: text('target_name'),
  FORMAT: text('access_format', parseMediaType, true),
};

/** What is searched is images and cubes, whatever else there is in the table. */
const IMAGES_AND_CUBES: RowCondition = {
  kind: 'text',
  column: 'dataproduct_type',
  texts: DATA_PRODUCTS,
  ignoreCase: false,
};

/**
 * Reads a request. A parameter without a value counts as not given; others than SIA's are ignored.
 * @param accept the Accept header, which counts where RESPONSEFORMAT is not given.
 * @throws RequestError (400) that names every parameter that is wrong, and what would be right.
 */
export function parseImageQuery(raw: RawParameters, accept: string | undefined, limits: Limits): ImageQuery {
  const faults: string[] = [];
  const values = (name: string): readonly string[] =>
    raw.get(name)?.filter((value) => value.trim() !== '') ?? [];
  const read = <T>(name: string, absent: T, parse: (texts: readonly string[]) => Parsed<T>): T => {
    const texts = values(name);
    if (texts.length === 0) return absent;
    const parsed = parse(texts);
    if ('value' in parsed) return parsed.value;
    faults.push(`${name} ${parsed.fault}`);
    return absent;
  };
  const single =
    <T>(parse: (text: string) => Parsed<T>) =>
    (texts: readonly string[]): Parsed<T> =>
      texts.length === 1 ? parse(texts[0]!) : { fault: `is given ${texts.length} times: give it once` };

  const sky = read<Sky | null>('POS', null, parseSky);
  const conditions = Object.entries(CONSTRAINTS).flatMap(([name, constraint]) => {
    const condition = read<RowCondition | null>(name, null, (texts) => constraint.condition(texts));
    return condition === null ? [] : [condition];
  });
  const query: ImageQuery = {
    sky,
    conditions: values('DPTYPE').length > 0 ? conditions : [...conditions, IMAGES_AND_CUBES],
    limit: Math.min(read('MAXREC', limits.defaultRecords, single(parseCount)), limits.maxRecords),
    format: read(
      'RESPONSEFORMAT',
      negotiateFormat(accept, CONE_FORMATS),
      single((value) => parseResponseFormat(value, CONE_FORMATS)),
    ),
  };
  if (faults.length > 0) throw new RequestError(400, `${faults.join('. ')}.`);
  return query;
}

function parseSky(texts: readonly string[]): Parsed<Sky> {
  if (texts.length > MAX_REGIONS) {
    return { fault: `is given ${texts.length} times: this service takes up to ${MAX_REGIONS} regions` };
  }
  const parsed = parseEach(texts, parsePos);
  return 'fault' in parsed ? parsed : { value: { regions: parsed.value, test: 'overlaps' } };
}

function parseEach<T>(texts: readonly string[], parse: (text: string) => Parsed<T>): Parsed<T[]> {
  const found: T[] = [];
  for (const one of texts) {
    const parsed = parse(one);
    if ('fault' in parsed) return parsed;
    found.push(parsed.value);
  }
  return { value: found };
}

function asItIs(value: string): Parsed<string> {
  return { value };
}

/** As `pol_states` has it, between slashes. */
function parsePolarization(value: string): Parsed<string> {
  const state = value.trim();
  if ((POLARIZATION_STATES as readonly string[]).includes(state)) return { value: `/${state}/` };
  return { fault: `${quoted(value)} is no polarization state; there are ${POLARIZATION_STATES.join(', ')}` };
}

function parseDataProduct(value: string): Parsed<string> {
  const product = value.trim();
  if ((DATA_PRODUCTS as readonly string[]).includes(product)) return { value: product };
  return {
    fault: `${quoted(value)} is neither image nor cube, which are what SIA finds; TAP has other data products`,
  };
}

/** ObsCore 1.1 §3.3.2. */
function parseCalibration(value: string): Parsed<Interval> {
  const level = value.trim();
  if (/^[0-4]$/.test(level)) return { value: [Number(level), Number(level)] };
  return { fault: `${quoted(value)} is no calibration level; there are 0, 1, 2, 3 and 4` };
}

/** A media type holds no space: one before `xml` is the `+` of a query string that was not encoded. */
function parseMediaType(value: string): Parsed<string> {
  return { value: value.trim().replace(/ xml\b/, '+xml') };
}
