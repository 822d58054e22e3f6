import type { ImageDataset, ImageLink, Picture } from '../../engine/images/dataset.ts';
import { fileUrl } from '../images/addresses.ts';
import type { SodaMode } from '../soda/standard.ts';

/** A row of DataLink's table: exactly one of the address, the service and the error is there (DataLink 1.1 §3.2). */
export interface Link {
  readonly ID: string;
  readonly access_url: string | null;
  readonly service_def: string | null;
  readonly error_message: string | null;
  readonly description: string | null;
  readonly semantics: string;
  readonly content_type: string | null;
  /** Bytes. */
  readonly content_length: number | null;
  readonly content_qualifier: string | null;
  readonly local_semantics: string | null;
  readonly link_auth: string | null;
  readonly link_authorized: boolean | null;
}

/** The error that a link stands for begins with a word of DataLink 1.1 §3.4. */
export function errorLink(
  did: string,
  fault: 'NotFoundFault' | 'UsageFault' | 'TransientFault' | 'FatalFault',
  message: string,
): Link {
  return { ...nothing(did), error_message: `${fault}: ${message}`, semantics: '#this' };
}

/**
 * All links of a dataset: its file, pictures of it, the services that cut it out, and related files.
 * @param services XML IDs of the services' descriptors in the same document.
 */
export function linksOf(
  root: string,
  dataset: ImageDataset,
  digest: string,
  services: Readonly<Partial<Record<SodaMode, string>>>,
): Link[] {
  const { did, file, hdu, observation, preview, thumbnail, links } = dataset;
  const product = `#${observation.dataproduct_type}`;
  const open = { ...nothing(did), link_auth: 'false', link_authorized: true };
  const picture = (of: Picture | null, semantics: string, description: string): Link[] =>
    of === null
      ? []
      : [
          {
            ...open,
            access_url: fileUrl(root, digest, 'picture', of.key),
            description: `${description}, ${of.width} × ${of.height} pixels`,
            semantics,
            content_type: of.mediaType,
            content_length: of.bytes,
            content_qualifier: '#image',
          },
        ];
  const cutout = (mode: SodaMode, description: string): Link[] =>
    services[mode] === undefined
      ? []
      : [
          {
            ...open,
            service_def: services[mode],
            description,
            semantics: '#cutout',
            content_type: 'application/fits',
            content_qualifier: product,
            local_semantics: `cutout-${mode}`,
          },
        ];
  const place = hdu.index === 0 ? '' : `, in extension ${hdu.index}`;
  return [
    {
      ...open,
      access_url: fileUrl(root, digest, 'file', file.key),
      description: `The whole file${place}: ${observation.obs_title}`,
      semantics: '#this',
      content_type: file.mediaType,
      content_length: file.bytes,
      content_qualifier: product,
    },
    ...picture(preview, '#preview', 'Preview'),
    ...picture(thumbnail, '#thumbnail', 'Thumbnail'),
    ...cutout('sync', 'Cutouts by position, wavelength, time, polarization or pixels'),
    ...cutout('async', 'The same cutouts as jobs'),
    ...links.map((link) => relatedFile(root, did, digest, link)),
  ];
}

/** Of files elsewhere nobody knows who may read them. An address without a scheme is relative to the service's root. */
function relatedFile(root: string, did: string, digest: string, link: ImageLink): Link {
  const { semantics, key, url, description, contentType, bytes } = link;
  const here = key !== null || !URL.canParse(url!);
  return {
    ...nothing(did),
    access_url: key !== null ? fileUrl(root, digest, 'link', key) : here ? `${root}/${url}` : url,
    description,
    semantics,
    content_type: contentType,
    content_length: bytes,
    link_auth: here ? 'false' : null,
    link_authorized: here ? true : null,
  };
}

function nothing(did: string): Omit<Link, 'semantics'> {
  return {
    ID: did,
    access_url: null,
    service_def: null,
    error_message: null,
    description: null,
    content_type: null,
    content_length: null,
    content_qualifier: null,
    local_semantics: null,
    link_auth: null,
    link_authorized: null,
  };
}
