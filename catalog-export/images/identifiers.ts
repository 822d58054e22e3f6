/** Also the folder of its files. */
const COLLECTION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function isCollection(value: unknown): value is string {
  return typeof value === 'string' && COLLECTION.test(value);
}

/** The naming authority of an IVOA identifier (IVOA Identifiers 2.0 §2.3.2). */
const AUTHORITY = /^[A-Za-z0-9][A-Za-z0-9._~-]{2,}$/;

/** @throws Error for what is no authority. */
export function checkAuthority(authority: string): string {
  if (AUTHORITY.test(authority)) return authority;
  throw new Error(
    `ALMAGEST_AUTHORITY="${authority}" is no authority of IVOA identifiers: three or more letters, digits, ".", "-", "_" and "~", such as vo.example.org`,
  );
}

/**
 * `ivo://<authority>/<collection>?<obs_id>`, with `#<hdu>` where a file has several images (IVOA Identifiers 2.0 §4.1: a dataset
 * identifier is that of the collection, and a query).
 * @param hdu null where the file has one image.
 */
export function publisherDid(
  authority: string,
  collection: string,
  obsId: string,
  hdu: number | null,
): string {
  // What RFC 3986 lets stand in a query, so that a name is read as it is.
  const query = encodeURIComponent(obsId).replace(/%(?:2F|3A|40|24|2C|3B|3D)/g, decodeURIComponent);
  return `ivo://${authority}/${collection}?${query}${hdu === null ? '' : `#${hdu}`}`;
}

/** A file's name as it goes into a key and a download: plain letters, whatever it was called. */
export function plainName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._+-]+/g, '_')
    .replace(/^[._]+/, '');
  return plain.slice(-128).replace(/^[._]+/, '') || 'image.fits';
}
