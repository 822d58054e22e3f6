import type { ServiceDescriptor, ServiceParameter } from '../../../engine/table/service-descriptor.ts';
import { DATA_PRODUCTS, POLARIZATION_STATES, SIA2_ID } from '../standard.ts';

type Described = Pick<ServiceParameter, 'name' | 'description'> & Partial<ServiceParameter>;

function parameter(described: Described): ServiceParameter {
  return { datatype: 'char', arraysize: '*', xtype: null, unit: null, ucd: null, value: null, ...described };
}

function interval(name: string, unit: string | null, ucd: string, description: string): ServiceParameter {
  return parameter({ name, datatype: 'double', arraysize: '2', xtype: 'interval', unit, ucd, description });
}

/** The parameters of a search (SIA 2.0 §2.1). */
export const PARAMETERS: readonly ServiceParameter[] = [
  parameter({
    name: 'POS',
    ucd: 'obs.field',
    description:
      'Region of the sky that the image overlaps, ICRS degrees: CIRCLE ra dec radius, RANGE ra1 ra2 dec1 dec2, or POLYGON ra1 dec1 ra2 dec2 ra3 dec3 …',
  }),
  interval('BAND', 'm', 'em.wl', 'Wavelengths that the image has part in'),
  interval('TIME', 'd', 'time.interval;obs.exposure', 'Times that the observation has part in, MJD'),
  parameter({
    name: 'POL',
    ucd: 'meta.code;phys.polarization',
    description: 'Polarization state',
    options: POLARIZATION_STATES,
  }),
  interval('FOV', 'deg', 'phys.angSize;instr.fov', 'Field of view'),
  interval('SPATRES', 'arcsec', 'pos.angResolution', 'Spatial resolution'),
  interval('SPECRP', null, 'spect.resolution', 'Spectral resolving power'),
  interval('EXPTIME', 's', 'time.duration;obs.exposure', 'Exposure time'),
  interval('TIMERES', 's', 'time.resolution', 'Resolution in time'),
  parameter({ name: 'ID', ucd: 'meta.ref.ivoid', description: 'Identifier of a dataset' }),
  parameter({ name: 'COLLECTION', ucd: 'meta.id', description: 'Collection of data' }),
  parameter({ name: 'FACILITY', ucd: 'meta.id;instr.tel', description: 'Telescope or observatory' }),
  parameter({ name: 'INSTRUMENT', ucd: 'meta.id;instr', description: 'Instrument' }),
  parameter({
    name: 'DPTYPE',
    ucd: 'meta.code.class',
    description: 'Type of the data product',
    options: DATA_PRODUCTS,
  }),
  parameter({
    name: 'CALIB',
    datatype: 'int',
    arraysize: null,
    ucd: 'meta.code;obs.calib',
    description: 'Level of calibration',
    min: '0',
    max: '4',
  }),
  parameter({ name: 'TARGET', ucd: 'meta.id;src', description: 'Object or field that was observed' }),
  parameter({ name: 'FORMAT', ucd: 'meta.code.mime', description: 'Media type of what access_url gives' }),
  parameter({
    name: 'MAXREC',
    datatype: 'int',
    arraysize: null,
    ucd: 'meta.number',
    description: 'Rows at most; 0 asks for the columns only',
    min: '0',
  }),
  parameter({ name: 'RESPONSEFORMAT', ucd: 'meta.code.mime', description: 'Format of the answer' }),
];

/** The search as it describes itself (SIA 2.0 §3.1.2). @param root address of the service's root, without a trailing slash. */
export function selfDescriptor(root: string): ServiceDescriptor {
  return {
    id: null,
    self: true,
    name: 'this',
    description: 'Images by where, when and how they were taken; parameters may be given several times',
    standardId: SIA2_ID,
    accessUrl: `${root}/sia2/query`,
    contentType: null,
    parameters: PARAMETERS,
  };
}
