import type { Sky } from '../../../engine/footprints/search.ts';
import type { Cone, FootprintTest, Region } from '../../../engine/healpix-wasm/kernel.ts';
import type { ServiceParameter } from '../../../engine/table/service-descriptor.ts';
import { given, parameterReader } from '../../request/read-parameters.ts';
import type { RawParameters } from '../../request/request-parameters.ts';
import { type Parsed, parseChoice, parseCount, parseDecimal } from '../../request/values.ts';
import { quoted } from '../../request-error.ts';
import type { Limits } from '../../service.ts';

/** What of an image is wanted: the file, and pictures of these media types. */
export interface WantedFormats {
  readonly fits: boolean;
  /** Null for pictures of any type. */
  readonly pictures: readonly string[] | null;
}

/** A request of SIA 1.0 that makes sense. */
export type PositionQuery =
  /** What parameters and columns there are (SIA 1.0 §6.1). */
  | { readonly kind: 'metadata' }
  | {
      readonly kind: 'images';
      readonly sky: Sky | null;
      readonly formats: WantedFormats;
      /** Most images of the answer; each may have several rows. */
      readonly limit: number;
    };

/** Images of an answer at most: the document of each is read. */
export const MAX_IMAGES = 2000;

const NAMES = ['POS', 'SIZE', 'INTERSECT', 'FORMAT', 'VERB', 'MAXREC'] as const;

/** SIA 1.0 §4.1.1, of the image and the region of the request. */
const TESTS: Readonly<Record<string, FootprintTest | 'position'>> = {
  overlaps: 'overlaps',
  covers: 'covers',
  enclosed: 'enclosed',
  center: 'position',
};

/**
 * Reads a request. Parameters of images that are made for the request (NAXIS, CFRAME …) are ignored: images here are given as they are
 * (SIA 1.0 §4.1.3).
 * @throws RequestError (400) that names every parameter that is missing, repeated or wrong, and what would be right.
 */
export function parsePositionQuery(raw: RawParameters, limits: Limits): PositionQuery {
  const isMetadata = given(raw, 'FORMAT')?.trim().toUpperCase() === 'METADATA';
  const missing = isMetadata ? [] : missingOf(raw);
  const { read, refuseFaults } = parameterReader(raw, NAMES, missing);
  const test = read('INTERSECT', 'overlaps', (text) => parseChoice(text, TESTS));
  const [lon, lat] = read('POS', [0, 0], parsePosition);
  const size = read<Size>('SIZE', [0, 0], parseSize);
  const formats = read<WantedFormats>('FORMAT', ALL, isMetadata ? () => ({ value: ALL }) : parseFormats);
  read('VERB', 0, (text) => parseChoice(text, { '0': 0, '1': 1, '2': 2, '3': 3 }));
  const limit = read('MAXREC', limits.defaultRecords, parseCount);
  refuseFaults();
  if (isMetadata) return { kind: 'metadata' };
  return {
    kind: 'images',
    sky: skyOf(lon, lat, size, test),
    formats,
    limit: Math.min(limit, limits.maxRecords, MAX_IMAGES),
  };
}

function missingOf(raw: RawParameters): string[] {
  const names = (['POS', 'SIZE'] as const).filter((name) => given(raw, name) === undefined);
  if (names.length === 0) return [];
  return [
    `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} missing: POS=ra,dec and SIZE=degrees are needed, or FORMAT=METADATA`,
  ];
}

type Size = readonly [width: number, height: number];

/** All of the sky where the region is that large: nothing is left to be asked then. */
function skyOf(lon: number, lat: number, [width, height]: Size, test: Sky['test']): Sky | null {
  if (width >= HALF_TURN) return test === 'covers' ? { regions: [{ lon, lat, radius: 180 }], test } : null;
  const region: Region | Cone =
    width === 0 || height === 0 ? { lon, lat, radius: 0 } : { kind: 'box', lon, lat, width, height };
  // No image lies in a point: those that have it are wanted (SIA 1.0 §4.1.1).
  return { regions: [region], test: 'radius' in region && test === 'enclosed' ? 'overlaps' : test };
}

/** Boxes end below it. */
const HALF_TURN = 180;

/** The frame may be named (SIA 1.0 §4.1.1); all but ICRS is refused. */
function parsePosition(text: string): Parsed<readonly [number, number]> {
  const [position, frame = 'ICRS'] = text.split(';') as [string, string?];
  if (!/^\s*ICRS\s*$/i.test(frame)) return { fault: `${quoted(text)}: positions are ICRS, as in 83.6,22.0` };
  const numbers = parseNumbers(position);
  if ('fault' in numbers) return numbers;
  const { value } = numbers;
  if (value.length !== 2) return { fault: `${quoted(text)} is not ra,dec in degrees, such as 83.6,22.0` };
  const [lon, lat] = value as [number, number];
  if (!(lon >= 0 && lon <= 360 && lat >= -90 && lat <= 90)) {
    return {
      fault: `${quoted(text)} is out of range; right ascension runs from 0 to 360, declination from -90 to 90 degrees`,
    };
  }
  return { value: [lon, lat] };
}

function parseSize(text: string): Parsed<Size> {
  const numbers = parseNumbers(text);
  if ('fault' in numbers) return numbers;
  const [width, height = width] = numbers.value as [number, number?];
  const count = numbers.value.length;
  if (count < 1 || count > 2 || !(width >= 0 && height! >= 0)) {
    return { fault: `${quoted(text)} is not one angle or two in degrees, such as 0.5 or 0.5,0.25` };
  }
  if (width >= HALF_TURN !== height! >= HALF_TURN) {
    return {
      fault: `${quoted(text)}: both angles must be below ${HALF_TURN} degrees, or none of them, for all the sky`,
    };
  }
  return { value: [width, height!] };
}

function parseNumbers(text: string): Parsed<number[]> {
  const numbers: number[] = [];
  for (const word of text.split(',')) {
    const parsed = parseDecimal(word);
    if ('fault' in parsed) return parsed;
    numbers.push(parsed.value);
  }
  return { value: numbers };
}

const ALL: WantedFormats = { fits: true, pictures: null };

/** SIA 1.0 §4.1.2: media types, or words for several of them. */
function parseFormats(text: string): Parsed<WantedFormats> {
  const words = text.split(',').map((word) => word.trim().toLowerCase());
  const graphic = /^graphic(-(.*))?$/.exec(words[0]!);
  if (graphic) {
    const types = [graphic[2] ?? 'all', ...words.slice(1)];
    if (types.includes('all')) return { value: { fits: false, pictures: null } };
    return { value: { fits: false, pictures: types.map((type) => mediaType(`image/${type}`)) } };
  }
  if (words.includes('all')) return { value: ALL };
  const wrong = words.find((word) => !/^[\w.+-]+\/[\w.+-]+$/.test(word));
  if (wrong !== undefined) {
    return {
      fault: `${quoted(text)} is none of ALL, GRAPHIC, GRAPHIC-ALL, METADATA, or media types such as image/fits,image/jpeg`,
    };
  }
  return {
    value: {
      fits: words.some((word) => word === 'image/fits' || word === 'application/fits'),
      pictures: words.map(mediaType),
    },
  };
}

function mediaType(type: string): string {
  return type === 'image/jpg' ? 'image/jpeg' : type;
}

type Described = Pick<ServiceParameter, 'name' | 'description'> & Partial<ServiceParameter>;

function parameter(described: Described): ServiceParameter {
  return { datatype: 'char', arraysize: '*', xtype: null, unit: null, ucd: null, value: null, ...described };
}

/** As the service describes them; `value` is what is taken where a parameter is not given. */
export const PARAMETERS: readonly ServiceParameter[] = [
  parameter({
    name: 'POS',
    unit: 'deg',
    ucd: 'pos.eq',
    description: 'Centre of the region, as ra,dec: ICRS, decimal degrees',
  }),
  parameter({
    name: 'SIZE',
    unit: 'deg',
    ucd: 'phys.angSize',
    description:
      'Width and height of the region, or one number for both; 0 asks for images that have the position',
  }),
  parameter({
    name: 'INTERSECT',
    value: 'OVERLAPS',
    options: ['OVERLAPS', 'COVERS', 'ENCLOSED', 'CENTER'],
    description:
      'How image and region lie: the image overlaps, covers, or is enclosed by the region, or its centre is in it',
  }),
  parameter({
    name: 'FORMAT',
    value: 'ALL',
    options: ['ALL', 'GRAPHIC', 'GRAPHIC-ALL', 'METADATA', 'image/fits', 'image/jpeg', 'image/png'],
    description: 'Formats that are wanted, media types with commas between them',
  }),
  parameter({
    name: 'VERB',
    datatype: 'int',
    arraysize: null,
    value: '0',
    description: 'How many columns are wanted; all are given',
    options: ['0', '1', '2', '3'],
  }),
  parameter({
    name: 'MAXREC',
    datatype: 'int',
    arraysize: null,
    ucd: 'meta.number',
    value: String(MAX_IMAGES),
    description: 'Images of the answer at most',
  }),
];
