import type { Table } from '../catalog/table.ts';
import { MANDATORY_COLUMNS, OPTIONAL_COLUMNS } from './columns.ts';
import { OBSCORE_UTYPE } from './utypes.ts';

/** `ivoa.obscore`: a row for each dataset (ObsCore 1.1 §4). The region is stored as DALI has polygons, an array of numbers. */
export const OBSCORE: Table = {
  schema: 'ivoa',
  schemaDescription: 'Tables that data models of the IVOA define',
  name: 'obscore',
  description: 'Images and other datasets, as ObsCore 1.1 describes them',
  utype: OBSCORE_UTYPE,
  columns: [...MANDATORY_COLUMNS, ...OPTIONAL_COLUMNS],
};
