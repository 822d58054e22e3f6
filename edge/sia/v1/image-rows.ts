import type { ImageDataset, Picture } from '../../../engine/images/dataset.ts';
import { fileUrl } from '../../images/addresses.ts';
import type { ImageRow } from './columns.ts';
import { fileCoordinates, NO_COORDINATES } from './file-coordinates.ts';
import type { WantedFormats } from './parameters.ts';

const ARCSECONDS = 3600;

/**
 * The rows of an image: its file, and a picture of it, each where it is wanted.
 * @param root address of the service's root, without a trailing slash.
 * @param digest of the dataset's identifier.
 */
export function imageRows(
  root: string,
  digest: string,
  dataset: ImageDataset,
  { fits, pictures }: WantedFormats,
): ImageRow[] {
  const { file, preview } = dataset;
  const rows: ImageRow[] = [];
  if (fits) {
    const { s_pixel_scale, s_xel1, s_xel2 } = dataset.observation;
    rows.push({
      ...described(dataset, [s_xel1, s_xel2], s_pixel_scale / ARCSECONDS),
      ...fileCoordinates(dataset),
      // Clients look for this very type, wherever in the file the image is.
      format: 'image/fits',
      access_url: fileUrl(root, digest, 'file', file.key),
      file_size: file.bytes,
      pixel_flags: 'C',
    });
  }
  if (preview !== null && (pictures === null || pictures.includes(preview.mediaType))) {
    rows.push(pictureRow(dataset, preview, fileUrl(root, digest, 'picture', preview.key)));
  }
  return rows;
}

function pictureRow(
  dataset: ImageDataset,
  { width, height, mediaType, bytes }: Picture,
  url: string,
): ImageRow {
  const { s_pixel_scale, s_xel1 } = dataset.observation;
  return {
    ...described(dataset, [width, height], ((s_pixel_scale / ARCSECONDS) * s_xel1) / width),
    ...NO_COORDINATES,
    format: mediaType,
    access_url: url,
    file_size: bytes,
    pixel_flags: 'V',
  };
}

/** @param scale degrees a pixel. */
function described({ did, observation }: ImageDataset, naxis: readonly number[], scale: number) {
  const { obs_title, s_ra, s_dec, instrument_name, t_min, t_max, em_min, em_max, em_filter_name } =
    observation;
  const hasBand = em_min !== null && em_max !== null;
  return {
    title: obs_title,
    ra: s_ra,
    dec: s_dec,
    naxes: naxis.length,
    naxis,
    scale: naxis.map(() => scale),
    instrument: instrument_name,
    mjd: t_min === null || t_max === null ? (t_min ?? t_max) : (t_min + t_max) / 2,
    frame: 'ICRS',
    band: em_filter_name,
    band_unit: hasBand ? 'meters' : null,
    band_reference: hasBand ? (em_min + em_max) / 2 : null,
    band_high: em_max,
    band_low: em_min,
    obs_publisher_did: did,
  };
}
