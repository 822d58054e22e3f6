/** IVOA identifiers of the protocols (SIA 2.0 §2.3; SIA 1.0, SimpleDALRegExt 1.1 §3.2). */
export const SIA2_ID = 'ivo://ivoa.net/std/SIA#query-2.0';
export const SIA1_ID = 'ivo://ivoa.net/std/SIA';

/** Namespaces of a document with the capabilities (SimpleDALRegExt 1.1 §3.2). */
export const SIA_NAMESPACES = { 'xmlns:sia': 'http://www.ivoa.net/xml/SIA/v1.1' };

/** What both find: other datasets of ObsCore are not theirs (SIA 2.0 §1). */
export const DATA_PRODUCTS = ['image', 'cube'] as const;

/** ObsCore 1.1 §B.6.6. */
export const POLARIZATION_STATES = [
  'I',
  'Q',
  'U',
  'V',
  'RR',
  'LL',
  'RL',
  'LR',
  'XX',
  'YY',
  'XY',
  'YX',
  'POLI',
  'POLA',
] as const;

/** Longest POST body, bytes. */
export const MAX_BODY = 65_536;
