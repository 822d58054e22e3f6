/** ObsCore 1.1 §3.3.1. */
export type DataproductType =
  | 'image'
  | 'cube'
  | 'spectrum'
  | 'sed'
  | 'timeseries'
  | 'visibility'
  | 'event'
  | 'measurements';

/** A row of `ivoa.obscore`, by the names of its columns and in their units (`columns.ts`); null where a value is not known. */
export interface ObscoreRow {
  readonly dataproduct_type: DataproductType | null;
  /** 0 to 4 (ObsCore 1.1 §3.3.2). */
  readonly calib_level: number;
  readonly obs_collection: string;
  readonly obs_id: string;
  readonly obs_publisher_did: string;
  /** Relative to the service's root; answers have it as a whole address. */
  readonly access_url: string | null;
  readonly access_format: string | null;
  /** Kilobytes. */
  readonly access_estsize: number | null;
  readonly target_name: string | null;
  readonly s_ra: number | null;
  readonly s_dec: number | null;
  readonly s_fov: number | null;
  /** Longitude and latitude of each corner in turn, ICRS degrees, not closed, counter-clockwise as DALI 1.1 §3.3.7 has polygons. */
  readonly s_region: readonly number[] | null;
  readonly s_xel1: number | null;
  readonly s_xel2: number | null;
  readonly s_resolution: number | null;
  /** MJD. */
  readonly t_min: number | null;
  readonly t_max: number | null;
  readonly t_exptime: number | null;
  readonly t_resolution: number | null;
  readonly t_xel: number | null;
  /** Metres. */
  readonly em_min: number | null;
  readonly em_max: number | null;
  readonly em_res_power: number | null;
  readonly em_xel: number | null;
  readonly o_ucd: string | null;
  readonly pol_states: string | null;
  readonly pol_xel: number | null;
  readonly facility_name: string | null;
  readonly instrument_name: string | null;
  readonly obs_title: string | null;
  readonly dataproduct_subtype: string | null;
  readonly target_class: string | null;
  readonly obs_creator_did: string | null;
  /** ISO 8601, UTC, without a zone (DALI 1.1 §3.3.3). */
  readonly obs_release_date: string | null;
  readonly s_pixel_scale: number | null;
  readonly o_unit: string | null;
  readonly em_filter_name: string | null;
}
