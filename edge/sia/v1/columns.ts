import type { Column } from '../../../engine/catalog/column.ts';
import { PUBLISHER_DID_UTYPE } from '../../../engine/obscore/utypes.ts';
import { STANDARD_TEXT } from '../../answer/standard-text.ts';

/** A row of an answer: an image in one format. Null where it is not known. */
export interface ImageRow {
  readonly title: string;
  readonly ra: number;
  readonly dec: number;
  readonly naxes: number;
  readonly naxis: readonly number[];
  /** Degrees a pixel. */
  readonly scale: readonly number[];
  readonly format: string;
  readonly access_url: string;
  readonly file_size: number | null;
  readonly instrument: string | null;
  readonly mjd: number | null;
  readonly frame: string;
  /** Of the file's own coordinates. */
  readonly projection: string | null;
  readonly reference_pixel: readonly number[] | null;
  readonly reference_value: readonly number[] | null;
  /** Degrees a pixel. */
  readonly cd_matrix: readonly number[] | null;
  readonly band: string | null;
  readonly band_unit: string | null;
  readonly band_reference: number | null;
  readonly band_high: number | null;
  readonly band_low: number | null;
  readonly pixel_flags: string;
  readonly obs_publisher_did: string;
}

const DOUBLE = { ...STANDARD_TEXT, datatype: 'double', arraysize: null } as const;

/** SIA 1.0 §4.2.2: columns are known by their UCDs. */
export const COLUMNS: readonly (Column & { readonly name: keyof ImageRow })[] = [
  {
    ...STANDARD_TEXT,
    datatype: 'unicodeChar',
    name: 'title',
    ucd: 'VOX:Image_Title',
    description: 'Title of the image',
  },
  { ...DOUBLE, name: 'ra', unit: 'deg', ucd: 'POS_EQ_RA_MAIN', description: 'Centre of the image, ICRS' },
  { ...DOUBLE, name: 'dec', unit: 'deg', ucd: 'POS_EQ_DEC_MAIN', description: 'Centre of the image, ICRS' },
  {
    ...STANDARD_TEXT,
    datatype: 'int',
    arraysize: null,
    name: 'naxes',
    ucd: 'VOX:Image_Naxes',
    description: 'Axes of the sky in the image',
  },
  {
    ...STANDARD_TEXT,
    datatype: 'int',
    name: 'naxis',
    unit: 'pixel',
    ucd: 'VOX:Image_Naxis',
    description: 'Pixels along each of them',
  },
  {
    ...STANDARD_TEXT,
    datatype: 'double',
    name: 'scale',
    unit: 'deg/pixel',
    ucd: 'VOX:Image_Scale',
    description: 'Size of a pixel along each of them',
  },
  {
    ...STANDARD_TEXT,
    name: 'format',
    ucd: 'VOX:Image_Format',
    description: 'Media type of what access_url gives',
  },
  {
    ...STANDARD_TEXT,
    name: 'access_url',
    ucd: 'VOX:Image_AccessReference',
    description: 'Where the image is',
  },
  {
    ...STANDARD_TEXT,
    datatype: 'long',
    arraysize: null,
    name: 'file_size',
    unit: 'byte',
    ucd: 'VOX:Image_FileSize',
    description: 'Size of what access_url gives',
  },
  {
    ...STANDARD_TEXT,
    datatype: 'unicodeChar',
    name: 'instrument',
    ucd: 'INST_ID',
    description: 'Instrument',
  },
  {
    ...DOUBLE,
    name: 'mjd',
    unit: 'd',
    ucd: 'VOX:Image_MJDateObs',
    description: 'Middle of the observation, MJD',
  },
  {
    ...STANDARD_TEXT,
    name: 'frame',
    ucd: 'VOX:STC_CoordRefFrame',
    description: 'Frame of the coordinates of this table',
  },
  {
    ...STANDARD_TEXT,
    arraysize: '3',
    name: 'projection',
    ucd: 'VOX:WCS_CoordProjection',
    description: 'Projection of the image, as FITS calls it',
  },
  {
    ...STANDARD_TEXT,
    datatype: 'double',
    name: 'reference_pixel',
    unit: 'pixel',
    ucd: 'VOX:WCS_CoordRefPixel',
    description: 'Pixel of the reference position',
  },
  {
    ...STANDARD_TEXT,
    datatype: 'double',
    name: 'reference_value',
    unit: 'deg',
    ucd: 'VOX:WCS_CoordRefValue',
    description: "Reference position, in the image's own equatorial frame",
  },
  {
    ...STANDARD_TEXT,
    datatype: 'double',
    name: 'cd_matrix',
    unit: 'deg/pixel',
    ucd: 'VOX:WCS_CDMatrix',
    description: 'Degrees a pixel along and across the axes: CD1_1, CD1_2, CD2_1, CD2_2',
  },
  {
    ...STANDARD_TEXT,
    datatype: 'unicodeChar',
    name: 'band',
    ucd: 'VOX:BandPass_ID',
    description: 'Name of the band',
  },
  { ...STANDARD_TEXT, name: 'band_unit', ucd: 'VOX:BandPass_Unit', description: 'Unit of the wavelengths' },
  {
    ...DOUBLE,
    name: 'band_reference',
    unit: 'm',
    ucd: 'VOX:BandPass_RefValue',
    description: 'Middle of the band',
  },
  {
    ...DOUBLE,
    name: 'band_high',
    unit: 'm',
    ucd: 'VOX:BandPass_HiLimit',
    description: 'Longest wavelength',
  },
  {
    ...DOUBLE,
    name: 'band_low',
    unit: 'm',
    ucd: 'VOX:BandPass_LoLimit',
    description: 'Shortest wavelength',
  },
  {
    ...STANDARD_TEXT,
    name: 'pixel_flags',
    ucd: 'VOX:Image_PixFlags',
    description: 'C: pixels as they were observed; V: a picture to look at',
  },
  {
    ...STANDARD_TEXT,
    name: 'obs_publisher_did',
    ucd: 'meta.ref.ivoid',
    utype: PUBLISHER_DID_UTYPE,
    description: "The publisher's identifier of the dataset, for DataLink and SODA",
  },
];
