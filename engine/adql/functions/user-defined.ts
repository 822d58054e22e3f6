import { DOUBLE, INTEGER, LONG, POINT } from '../check/value-type.ts';
import type { AdqlFunction, Parameter, ParameterType } from './function.ts';

function parameter(name: string, type: ParameterType): Parameter {
  return { name, type };
}

const order = parameter('hpxOrder', 'INTEGER');
const time = parameter('d', 'TIMESTAMP');
const transform = [
  parameter('from_sys', 'VARCHAR'),
  parameter('to_sys', 'VARCHAR'),
  parameter('geo', 'GEOMETRY'),
] as const;
const TRANSFORM =
  'The geometry in another reference system; systems are named as in the IVOA vocabulary refframe';

const JULIAN_DATE = {
  parameters: [time],
  result: { ...DOUBLE, unit: 'd' },
  description: 'Julian date of a time',
} as const;
const MODIFIED_JULIAN_DATE = { ...JULIAN_DATE, description: 'Modified Julian date of a time' } as const;

/** Of the Catalogue of ADQL User Defined Functions 1.2, and what older clients of DaCHS call the same. */
export const USER_DEFINED_FUNCTIONS: readonly AdqlFunction[] = [
  {
    name: 'ivo_healpix_index',
    parameters: [order, parameter('long', 'DOUBLE PRECISION'), parameter('lat', 'DOUBLE PRECISION')],
    result: LONG,
    description:
      'Index of the HEALPix cell of an order, in nested numbering, that holds a position in degrees',
  },
  {
    name: 'ivo_healpix_index',
    parameters: [order, parameter('point', 'POINT')],
    result: LONG,
    description: 'Index of the HEALPix cell of an order, in nested numbering, that holds a point',
  },
  {
    name: 'ivo_healpix_center',
    parameters: [order, parameter('hpxIndex', 'BIGINT')],
    result: POINT,
    description: 'Centre of the HEALPix cell of an order and an index in nested numbering',
  },
  {
    name: 'ivo_hashlist_has',
    parameters: [parameter('hashlist', 'VARCHAR'), parameter('item', 'VARCHAR')],
    result: INTEGER,
    description: '1 if the item is in a list of words that are separated by #, else 0; capitals matter not',
  },
  {
    name: 'ivo_hasword',
    parameters: [parameter('haystack', 'VARCHAR'), parameter('needle', 'VARCHAR')],
    result: INTEGER,
    description: '1 if the words of the needle are among those of the haystack, else 0',
  },
  {
    name: 'ivo_nocasematch',
    parameters: [parameter('value', 'VARCHAR'), parameter('pattern', 'VARCHAR')],
    result: INTEGER,
    description: '1 if the value is LIKE the pattern, capitals or not, else 0',
  },
  {
    name: 'ivo_interval_overlaps',
    parameters: ['a1', 'b1', 'a2', 'b2'].map((name) => parameter(name, 'DOUBLE PRECISION')),
    result: INTEGER,
    description: '1 if the intervals [a1, b1] and [a2, b2] overlap, else 0',
  },
  { name: 'ivo_geom_transform', parameters: transform, result: 2, description: TRANSFORM },
  { name: 'ivo_to_jd', ...JULIAN_DATE },
  { name: 'ivo_to_mjd', ...MODIFIED_JULIAN_DATE },
  { name: 'gavo_transform', parameters: transform, result: 2, description: TRANSFORM },
  { name: 'gavo_to_jd', ...JULIAN_DATE },
  { name: 'gavo_to_mjd', ...MODIFIED_JULIAN_DATE },
];
