import type { Column } from './column.ts';
import { HEALPIX_COLUMN } from './manifest.ts';

/** The index column of data files as VOTable describes it; no table of a service shows it. */
export const INDEX_COLUMN: Column = {
  name: HEALPIX_COLUMN,
  datatype: 'long',
  arraysize: null,
  xtype: null,
  unit: null,
  ucd: 'pos.healpix',
  utype: null,
  description: 'HEALPix cell of the position: order 29, nested scheme, ICRS',
  principal: false,
  indexed: true,
  std: false,
};
