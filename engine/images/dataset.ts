import type { ObscoreRow } from '../obscore/row.ts';

/** Of what this program writes and reads. */
export const DATASET_VERSION = 1;

/**
 * All that DataLink, SODA and the routes of files need to know of an image. A dataset is published exactly if its document exists:
 * it is written last and removed first, and no file is served that no document names. PostgreSQL is the truth; documents can be made
 * again from it.
 */
export interface ImageDataset {
  readonly version: typeof DATASET_VERSION;
  /** `obs_publisher_did`: `ivo://<authority>/<collection>?<obs_id>`, with `#<hdu>` where a file has several images. */
  readonly did: string;
  /** Also its folder below `images/files/`. */
  readonly collection: string;
  /** ISO 8601, UTC. */
  readonly added: string;
  readonly observation: Observation;
  readonly file: ImageFile;
  readonly hdu: ImageHdu;
  /** Cards of the primary header where the image is in an extension; null where it is the primary HDU itself. */
  readonly primary: string | null;
  /** Null where none could be made, as where every pixel is NaN. */
  readonly preview: Picture | null;
  readonly thumbnail: Picture | null;
  /** Related files, in the order in which they were linked. */
  readonly links: readonly ImageLink[];
  /** Cells of the sky that the image touches, in ASCII (MOC 2.0 §4.3.2), as `8/1234-1236 9/4948`. */
  readonly moc: string;
}

type AccessColumn = 'obs_publisher_did' | 'access_url' | 'access_format' | 'access_estsize';

/** What is known of every image, for it has a WCS. */
type KnownColumn =
  | 'obs_title'
  | 'dataproduct_type'
  | 's_ra'
  | 's_dec'
  | 's_fov'
  | 's_region'
  | 's_pixel_scale'
  | 's_xel1'
  | 's_xel2';

/** The image's row of `ivoa.obscore`, but for what follows from the dataset. */
export type Observation = Omit<ObscoreRow, AccessColumn> & {
  readonly [Column in KnownColumn]: NonNullable<ObscoreRow[Column]>;
};

/** A FITS file in the bucket, as it was given. */
export interface ImageFile {
  readonly key: string;
  /** As it is offered for download; the last part of the key. */
  readonly name: string;
  /** `image/fits`; `application/fits` where the image is in an extension. */
  readonly mediaType: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Where in its file the image lies. */
export interface ImageHdu {
  /** 0 is the primary HDU. */
  readonly index: number;
  /** `compressed`: a binary table that holds a tile-compressed image (FITS 4.0 §10.1). */
  readonly kind: 'image' | 'compressed';
  /** The header's 80-character cards one after another, up to but without END. */
  readonly cards: string;
  /** Bytes from the start of the file. */
  readonly headerOffset: number;
  readonly dataOffset: number;
  /** Of the data with the heap of a table and the padding to whole blocks of 2,880. */
  readonly dataBytes: number;
}

/** A picture for people. */
export interface Picture {
  readonly key: string;
  readonly mediaType: 'image/png' | 'image/jpeg';
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
}

/** A related file in the bucket or elsewhere. */
export interface ImageLink {
  /** Term of the IVOA vocabulary of DataLink's core, such as `#progenitor`, or an address of another vocabulary's. */
  readonly semantics: string;
  /** One of both is null. */
  readonly key: string | null;
  /** An address, or one relative to the service's root. */
  readonly url: string | null;
  readonly description: string | null;
  readonly contentType: string | null;
  readonly bytes: number | null;
}
