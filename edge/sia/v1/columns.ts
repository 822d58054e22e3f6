import type { Column } from '../../../engine/catalog/column.ts';
import { PUBLISHER_DID_UTYPE } from '../../../engine/obscore/utypes.ts';

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

const PLAIN = {
  datatype: 'char',
  arraysize: '*',
  xtype: null,
  unit: null,
  utype: null,
  principal: true,
  indexed: false,
  std: true,
} as const;

const DOUBLE = { ...PLAIN, datatype: 'double', arraysize: null } as const;

/** SIA 1.0 §4.2.2: columns are known by their UCDs. */
export const COLUMNS: readonly (Column & { readonly name: keyof ImageRow })[] = [
  {
    ...PLAIN,
    datatype: 'unicodeChar',
    name: 'title',
    ucd: 'VOX:Image_Title',
    description: 'Title of the image',
  },
  { ...DOUBLE, name: 'ra', unit: 'deg', ucd: 'POS_EQ_RA_MAIN', description: 'Centre of the image, ICRS' },
  { ...DOUBLE, name: 'dec', unit: 'deg', ucd: 'POS_EQ_DEC_MAIN', description: 'Centre of the image, ICRS' },
  {
    ...PLAIN,
    datatype: 'int',
    arraysize: null,
    name: 'naxes',
    ucd: 'VOX:Image_Naxes',
    description: 'Axes of the sky in the image',
  },
  {
    ...PLAIN,
    datatype: 'int',
    name: 'naxis',
    unit: 'pixel',
    ucd: 'VOX:Image_Naxis',
    description: 'Pixels along each of them',
  },
  {
    ...PLAIN,
    datatype: 'double',
    name: 'scale',
    unit: 'deg/pixel',
    ucd: 'VOX:Image_Scale',
    description: 'Size of a pixel along each of them',
  },
  {
    ...PLAIN,
    name: 'format',
    ucd: 'VOX:Image_Format',
    description: 'Media type of what access_url gives',
  },
  {
    ...PLAIN,
    name: 'access_url',
    ucd: 'VOX:Image_AccessReference',
    description: 'Where the image is',
  },
  {
    ...PLAIN,
    datatype: 'long',
    arraysize: null,
    name: 'file_size',
    unit: 'byte',
    ucd: 'VOX:Image_FileSize',
    description: 'Size of what access_url gives',
  },
  { ...PLAIN, datatype: 'unicodeChar', name: 'instrument', ucd: 'INST_ID', description: 'Instrument' },
  {
    ...DOUBLE,
    name: 'mjd',
    unit: 'd',
    ucd: 'VOX:Image_MJDateObs',
    description: 'Middle of the observation, MJD',
  },
  {
    ...PLAIN,
    name: 'frame',
    ucd: 'VOX:STC_CoordRefFrame',
    description: 'Frame of the coordinates of this table',
  },
  {
    ...PLAIN,
    arraysize: '3',
    name: 'projection',
    ucd: 'VOX:WCS_CoordProjection',
    description: 'Projection of the image, as FITS calls it',
  },
  {
    ...PLAIN,
    datatype: 'double',
    name: 'reference_pixel',
    unit: 'pixel',
    ucd: 'VOX:WCS_CoordRefPixel',
    description: 'Pixel of the reference position',
  },
  {
    ...PLAIN,
    datatype: 'double',
    name: 'reference_value',
    unit: 'deg',
    ucd: 'VOX:WCS_CoordRefValue',
    description: "Reference position, in the image's own equatorial frame",
  },
  {
    ...PLAIN,
    datatype: 'double',
    name: 'cd_matrix',
    unit: 'deg/pixel',
    ucd: 'VOX:WCS_CDMatrix',
    description: 'Degrees a pixel along and across the axes: CD1_1, CD1_2, CD2_1, CD2_2',
  },
  {
    ...PLAIN,
    datatype: 'unicodeChar',
    name: 'band',
    ucd: 'VOX:BandPass_ID',
    description: 'Name of the band',
  },
  { ...PLAIN, name: 'band_unit', ucd: 'VOX:BandPass_Unit', description: 'Unit of the wavelengths' },
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
    ...PLAIN,
    name: 'pixel_flags',
    ucd: 'VOX:Image_PixFlags',
    description: 'C: pixels as they were observed; V: a picture to look at',
  },
  {
    ...PLAIN,
    name: 'obs_publisher_did',
    ucd: 'meta.ref.ivoid',
    utype: PUBLISHER_DID_UTYPE,
    description: "The publisher's identifier of the dataset, for DataLink and SODA",
  },
];
