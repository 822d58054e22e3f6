import type { ObscoreRow } from '../../engine/obscore/row.ts';

/** Columns of ObsCore that a mapping may tell; the others follow from the image's WCS and from the file. */
export const MAPPED_COLUMNS = {
  obs_id: 'text',
  obs_title: 'text',
  obs_creator_did: 'text',
  obs_release_date: 'date',
  calib_level: 'level',
  dataproduct_subtype: 'text',
  target_name: 'text',
  target_class: 'text',
  facility_name: 'text',
  instrument_name: 'text',
  s_resolution: 'number',
  t_min: 'time',
  t_max: 'time',
  t_exptime: 'number',
  t_resolution: 'number',
  em_min: 'number',
  em_max: 'number',
  em_res_power: 'number',
  em_filter_name: 'text',
  pol_states: 'text',
  o_ucd: 'text',
  o_unit: 'text',
} as const satisfies Partial<Record<keyof ObscoreRow, 'text' | 'number' | 'time' | 'date' | 'level'>>;

export type MappedColumn = keyof typeof MAPPED_COLUMNS;

/** Values by column; a time is an MJD. */
export type MappedValues = Partial<Record<MappedColumn, string | number | null>>;
