import type { FitsImage } from '../../engine/fits/index.ts';
import { spectralAxis } from '../../engine/fits/index.ts';
import { type Band, bandOfFilter, isNoFilter } from './filters.ts';
import type { Keywords } from './keywords.ts';

/** Metres in vacuum. */
export interface Spectral {
  readonly em_min: number | null;
  readonly em_max: number | null;
  readonly em_res_power: number | null;
  readonly em_xel: number | null;
  readonly em_filter_name: string | null;
}

const FILTERS = [
  'FILTER',
  'FILTER1',
  'FILTER2',
  'FILTNAM',
  'FILTNAM1',
  'FILTERID',
  'BAND',
  'FILT',
  'FILTERS',
];
const FILTERS_OF_ESO = ['ESO INS FILT1 NAME', 'ESO INS FILT1 ID', 'HIERARCH ESO INS FILT1 NAME'];
/** What may name the photometric system. */
const CONTEXT = ['SURVEY', 'DATASET', 'INSTRUME', 'TELESCOP', 'ORIGIN', 'PHOTSYS'];
const WAVELENGTHS = ['WAVELENG', 'WAVELNTH', 'LAMBDA', 'CWAVE'];
const FREQUENCIES = ['OBSFREQ', 'RESTFRQ', 'RESTFREQ', 'FREQ'];

const LIGHT = 299_792_458;

/** Of the units of FITS 4.0 Table 3 and what headers have instead, in metres. */
const METRES: Readonly<Record<string, number>> = {
  m: 1,
  mm: 1e-3,
  um: 1e-6,
  micron: 1e-6,
  microns: 1e-6,
  nm: 1e-9,
  angstrom: 1e-10,
  angstroms: 1e-10,
  a: 1e-10,
};

/**
 * The part of the spectrum that an image shows: its spectral axis, else the wavelengths that the header tells, else those of its filter, else
 * its frequency.
 * @param filters bands by the names that a mapping has given them.
 */
export function spectralOf(
  image: FitsImage,
  keywords: Keywords,
  filters: ReadonlyMap<string, Band>,
): Spectral {
  const filter = filterOf(keywords);
  const band = filter === null ? null : namedBand(filter, keywords, filters);
  const name = band?.name ?? filter;
  const none = { em_res_power: null, em_xel: null, em_filter_name: name };
  const axis = spectralAxis(image);
  if (axis !== null) {
    const { min, max, pixels } = axis;
    const power = pixels > 1 ? ((min + max) / 2 / (max - min)) * pixels : null;
    return { ...none, em_min: min, em_max: max, em_res_power: power, em_xel: pixels };
  }
  const [em_min, em_max] = told(keywords) ?? (band ? [band.min, band.max] : frequency(keywords));
  return { ...none, em_min, em_max };
}

/** The band of a filter's name, of the mapping's or a usual one. */
export function namedBand(
  filter: string,
  keywords: Keywords,
  filters: ReadonlyMap<string, Band>,
): Band | null {
  const context = CONTEXT.map((name) => keywords.text(name) ?? '').join(' ');
  const emulsion = keywords.text('EMULSION');
  return (
    filters.get(filter) ??
    bandOfFilter(filter, context) ??
    (emulsion === null ? null : bandOfFilter(`${filter}+${emulsion}`))
  );
}

function filterOf(keywords: Keywords): string | null {
  for (const name of [...FILTERS, ...FILTERS_OF_ESO]) {
    const text = keywords.text(name);
    if (text !== null && !isNoFilter(text)) return text;
  }
  return null;
}

/** WAVEMIN and WAVEMAX, or a wavelength with or without a bandwidth; the unit is WAVEUNIT or in the comment. */
function told(keywords: Keywords): readonly [number, number] | null {
  const [min, max] = [metres(keywords, 'WAVEMIN'), metres(keywords, 'WAVEMAX')];
  if (min !== null && max !== null && min <= max) return [min, max];
  for (const name of WAVELENGTHS) {
    const centre = metres(keywords, name);
    if (centre === null) continue;
    const half = (metres(keywords, 'BANDWID') ?? metres(keywords, 'BANDWIDT') ?? 0) / 2;
    return half < centre ? [centre - half, centre + half] : [centre, centre];
  }
  return null;
}

/** Null where the unit is not told: a wavelength without one may be anything. */
function metres(keywords: Keywords, name: string): number | null {
  const value = keywords.number(name);
  if (value === null || value <= 0) return null;
  const inComment = /\[([A-Za-z]+)\]|\b(angstroms?|microns?|nm|um|mm)\b/i.exec(keywords.comment(name));
  const unit = keywords.text('WAVEUNIT') ?? inComment?.[1] ?? inComment?.[2];
  // SOLARNET has the power of ten in metres.
  const scale = /^-\d+$/.test(unit ?? '') ? 10 ** Number(unit) : METRES[unit?.toLowerCase() ?? ''];
  if (scale === undefined) {
    keywords.note(`${name} has no unit that is known (WAVEUNIT, or [nm] in its comment)`);
    return null;
  }
  return value * scale;
}

function frequency(keywords: Keywords): readonly [number | null, number | null] {
  for (const name of FREQUENCIES) {
    const hertz = keywords.number(name);
    // Below is what was written in GHz or MHz.
    if (hertz !== null && hertz >= 1e6) return [LIGHT / hertz, LIGHT / hertz];
  }
  return [null, null];
}
