import type { ServiceDescriptor, ServiceParameter } from '../../engine/table/service-descriptor.ts';
import { CUTOUT_TYPES, SODA_IDS, type SodaMode } from './standard.ts';

/** Where a dataset lies on each axis that cutouts know, as texts of MIN, MAX and OPTION (SODA 1.0 §4.2). */
export interface CutoutLimits {
  /** Longitude, latitude and radius of a circle that covers the dataset, degrees. */
  readonly circle: string;
  /** A polygon that covers it. */
  readonly polygon: string;
  /** Wavelengths in metres; null where the dataset has no spectral axis. */
  readonly band: readonly [string, string] | null;
  /** MJD; null where it has no axis of time. */
  readonly time: readonly [string, string] | null;
  /** Stokes parameters; none where it has no such axis. */
  readonly polarizations: readonly string[];
  /** The section of pixels that is all of it, such as `1:512,1:256`. */
  readonly section: string;
}

/** One dataset, or each dataset that a column of the table names. */
export type DescribedDatasets =
  | { readonly did: string; readonly limits: CutoutLimits; readonly id: string }
  | { readonly column: string; readonly id: string | null };

/**
 * SODA for a dataset with its limits, or for those of a column with all parameters that there are (SODA 1.0 §4).
 * @param root address of the service's root, without a trailing slash.
 */
export function sodaDescriptor(root: string, mode: SodaMode, datasets: DescribedDatasets): ServiceDescriptor {
  return {
    id: datasets.id,
    // A name like the ID: several of one name in a document are one too many for checkers.
    name: datasets.id ?? `soda-${mode}`,
    description: mode === 'sync' ? 'Cutouts, answered at once' : 'Cutouts, as jobs (UWS)',
    standardId: SODA_IDS[mode],
    accessUrl: `${root}/soda/${mode}`,
    contentType: null,
    parameters: 'did' in datasets ? ofOne(datasets.did, datasets.limits) : ofMany(datasets.column),
  };
}

function ofOne(did: string, limits: CutoutLimits): ServiceParameter[] {
  const { circle, polygon, band, time, polarizations, section } = limits;
  return [
    { ...ID, value: did },
    { ...CIRCLE, max: circle },
    { ...POLYGON, max: polygon },
    POS,
    ...(band === null ? [] : [{ ...BAND, min: band[0], max: band[1] }]),
    ...(time === null ? [] : [{ ...TIME, min: time[0], max: time[1] }]),
    ...(polarizations.length === 0 ? [] : [{ ...POL, options: polarizations }]),
    { ...SECTION, description: `${SECTION.description}; all of it is ${section}` },
    FORMAT,
  ];
}

function ofMany(column: string): ServiceParameter[] {
  return [{ ...ID, value: { column } }, CIRCLE, POLYGON, POS, BAND, TIME, POL, SECTION, FORMAT];
}

const TEXT = { datatype: 'char', arraysize: '*', xtype: null, unit: null, value: null } as const;
const OUTLINE = 'pos.outline;obs';

// Names, UCDs and units are those of SODA 1.0 table 5: by the three together clients know a parameter.
const ID = {
  ...TEXT,
  name: 'ID',
  ucd: 'meta.ref.url;meta.curation',
  description: 'Identifier of the dataset (obs_publisher_did)',
};
const CIRCLE: ServiceParameter = {
  name: 'CIRCLE',
  datatype: 'double',
  arraysize: '3',
  xtype: 'circle',
  unit: 'deg',
  ucd: OUTLINE,
  description: 'A circle to cut out: longitude, latitude and radius, ICRS',
  value: null,
};
const POLYGON: ServiceParameter = {
  ...CIRCLE,
  name: 'POLYGON',
  arraysize: '*',
  xtype: 'polygon',
  description: 'A polygon to cut out: longitude and latitude of each vertex in turn, ICRS',
};
const POS: ServiceParameter = {
  ...TEXT,
  name: 'POS',
  ucd: OUTLINE,
  description:
    'A region to cut out, in degrees, ICRS: CIRCLE longitude latitude radius, RANGE longitude1 longitude2 latitude1 latitude2, or POLYGON longitude1 latitude1 …',
};
const BAND: ServiceParameter = {
  name: 'BAND',
  datatype: 'double',
  arraysize: '2',
  xtype: 'interval',
  unit: 'm',
  ucd: 'em.wl;stat.interval',
  description: 'Wavelengths to cut out, in vacuum',
  value: null,
};
const TIME: ServiceParameter = {
  ...BAND,
  name: 'TIME',
  unit: 'd',
  ucd: 'time.interval;obs.exposure',
  description: 'Times to cut out, Modified Julian Dates in UTC',
};
const POL: ServiceParameter = {
  ...TEXT,
  name: 'POL',
  ucd: 'meta.code;phys.polarization',
  description: 'Polarization states to cut out; may be given several times',
};
const SECTION: ServiceParameter = {
  ...TEXT,
  name: 'SECTION',
  ucd: 'instr.pixel',
  description:
    'Pixels to cut out, from 1, first and last of each axis as FITS tools write them: 101:200,51:150; * is all of an axis',
};
const FORMAT: ServiceParameter = {
  ...TEXT,
  name: 'FORMAT',
  ucd: 'meta.code.mime',
  description: 'Format of the cutout',
  options: CUTOUT_TYPES,
};
