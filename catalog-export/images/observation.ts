import type { FitsImage } from '../../engine/fits/index.ts';
import { type ImageSky, polarizationAxis, spectralAxis, timeAxis } from '../../engine/fits/index.ts';
import type { Observation } from '../../engine/images/dataset.ts';
import type { Band } from './filters.ts';
import type { Keywords } from './keywords.ts';
import type { MappedColumn, MappedValues } from './mapped-columns.ts';
import { namedBand, spectralOf } from './spectral.ts';
import { timesOf } from './times.ts';

export interface ObservationOptions {
  readonly image: FitsImage;
  readonly keywords: Keywords;
  readonly sky: ImageSky;
  /** Pixels along the axes of the sky. */
  readonly width: number;
  readonly height: number;
  readonly collection: string;
  /** Identifies the observation where nothing else does. */
  readonly name: string;
  readonly instead: MappedValues;
  readonly otherwise: MappedValues;
  readonly filters: ReadonlyMap<string, Band>;
}

const DAY = 86_400;
/** Calibrated, in physical units or not: what most archives publish. */
const USUAL_LEVEL = 2;

/** What ObsCore says of an image, of its header as corrected by a mapping. */
export function observationOf(options: ObservationOptions): Observation {
  const { image, sky, width, height, collection, name } = options;
  const told = toldBy(options);
  const filled = <Column extends MappedColumn>(column: Column): Told[Column] => {
    const { instead, otherwise } = options;
    const value = column in instead ? instead[column] : (told[column] ?? otherwise[column] ?? null);
    return value as Told[Column];
  };
  const obs_id = filled('obs_id') ?? name;
  const title = [filled('target_name') ?? obs_id, filled('em_filter_name'), filled('facility_name')];
  const times = withEnd(options.instead, filled('t_min'), filled('t_max'), filled('t_exptime'));
  const band = withBand(options, filled('em_filter_name'), filled('em_min'), filled('em_max'));
  const states = polarizationAxis(image)?.states ?? null;
  const time = timeAxis(image);
  return {
    obs_id,
    obs_title: filled('obs_title') ?? title.filter((part) => part !== null).join(', '),
    obs_collection: collection,
    dataproduct_type: image.axes.filter((length) => length > 1).length > 2 ? 'cube' : 'image',
    dataproduct_subtype: filled('dataproduct_subtype'),
    calib_level: filled('calib_level') ?? USUAL_LEVEL,
    obs_creator_did: filled('obs_creator_did'),
    obs_release_date: filled('obs_release_date'),
    target_name: filled('target_name'),
    target_class: filled('target_class'),
    facility_name: filled('facility_name'),
    instrument_name: filled('instrument_name'),
    s_ra: sky.center.lon,
    s_dec: sky.center.lat,
    s_fov: sky.fov,
    s_region: sky.footprint,
    s_resolution: filled('s_resolution'),
    s_pixel_scale: sky.pixelScale,
    s_xel1: width,
    s_xel2: height,
    ...times,
    t_resolution: filled('t_resolution'),
    t_xel: time?.pixels ?? null,
    ...band,
    em_res_power: filled('em_res_power'),
    em_xel: spectralAxis(image)?.pixels ?? null,
    o_ucd: filled('o_ucd'),
    o_unit: filled('o_unit'),
    pol_states: filled('pol_states'),
    pol_xel: states?.length ?? null,
  };
}

type Told = Pick<Observation, MappedColumn>;

/** What the header tells of the columns that a mapping can correct. */
function toldBy({ image, keywords, filters }: ObservationOptions): Partial<Told> {
  const spectral = spectralOf(image, keywords, filters);
  const axis = timeAxis(image);
  const times = timesOf(keywords);
  const states = polarizationAxis(image)?.states;
  const unit = keywords.text('BUNIT');
  return {
    target_name: keywords.text('OBJECT'),
    facility_name: firstText(keywords, ['TELESCOP', 'OBSERVAT', 'ORIGIN']),
    instrument_name: firstText(keywords, ['INSTRUME', 'DETECTOR', 'CAMERA']),
    s_resolution: resolution(keywords),
    t_min: axis?.min ?? times.t_min,
    t_max: axis?.max ?? times.t_max,
    t_exptime: times.t_exptime,
    t_resolution: axis ? ((axis.max - axis.min) * DAY) / axis.pixels : times.t_exptime,
    em_min: spectral.em_min,
    em_max: spectral.em_max,
    em_res_power: spectral.em_res_power,
    em_filter_name: spectral.em_filter_name,
    o_ucd: unit === null ? null : ucdOfUnit(unit),
    o_unit: unit,
    // ObsCore 1.1 §B.6.6: with a slash at either end.
    pol_states: states ? `/${states.join('/')}/` : null,
  };
}

function firstText(keywords: Keywords, names: readonly string[]): string | null {
  for (const name of names) {
    const text = keywords.text(name);
    if (text !== null) return text;
  }
  return null;
}

/** Arcseconds: the beam's, which is in degrees, or the seeing. */
function resolution(keywords: Keywords): number | null {
  const beam = keywords.number('BMAJ');
  if (beam !== null && beam > 0) return beam * 3600;
  const seeing = keywords.number('SEEING');
  return seeing !== null && seeing > 0 && seeing < 60 ? seeing : null;
}

const UCDS: readonly (readonly [RegExp, string])[] = [
  [/jy|erg|maggy|maggies|w\s*\/?\s*m|photon/i, 'phot.flux.density'],
  [/\bmag/i, 'phot.mag'],
  [/adu|count|ct|\bdn\b|electron|\be-/i, 'phot.count'],
  [/^m?k$|k[ .*]*km/i, 'phys.temperature'],
  [/^(k?m|cm)\s*(\/\s*s|s-1|s\^-1)/i, 'phys.veloc'],
];

function ucdOfUnit(unit: string): string | null {
  return UCDS.find(([pattern]) => pattern.test(unit))?.[1] ?? null;
}

/** An exposure that a mapping gives a beginning ends after its time, unless the mapping says when. */
function withEnd(
  instead: MappedValues,
  t_min: number | null,
  t_max: number | null,
  t_exptime: number | null,
): Pick<Observation, 't_min' | 't_max' | 't_exptime'> {
  const moved = (instead.t_min ?? null) !== null && !('t_max' in instead);
  const end = moved || (t_max !== null && t_min !== null && t_max < t_min) ? null : t_max;
  const computed = t_min === null ? null : t_min + (t_exptime ?? 0) / DAY;
  return { t_min, t_max: end ?? computed, t_exptime };
}

/** A filter that a mapping names has its own band, unless the mapping tells the wavelengths. */
function withBand(
  { instead, otherwise, keywords, filters }: ObservationOptions,
  em_filter_name: string | null,
  em_min: number | null,
  em_max: number | null,
): Pick<Observation, 'em_min' | 'em_max' | 'em_filter_name'> {
  const mapped = (instead.em_filter_name ?? null) !== null && !('em_min' in instead || 'em_max' in instead);
  const filled = em_min === null && em_max === null && (otherwise.em_filter_name ?? null) !== null;
  if (!(mapped || filled) || em_filter_name === null) return { em_min, em_max, em_filter_name };
  const band = namedBand(em_filter_name, keywords, filters);
  if (band === null) return { em_min, em_max, em_filter_name };
  return { em_min: band.min, em_max: band.max, em_filter_name };
}
