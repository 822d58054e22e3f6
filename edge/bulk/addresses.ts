/** Addresses of the bulk downloads, below the root of the service. */
export function bulkUrl(root: string): string {
  return `${root}/bulk`;
}

export function catalogUrl(root: string, catalog: string): string {
  return `${bulkUrl(root)}/${encodeURIComponent(catalog)}`;
}

/** @param release its name, or `latest`. */
export function releaseUrl(root: string, catalog: string, release: string): string {
  return `${catalogUrl(root, catalog)}/${release}`;
}

/** @param path of a file of the release. Its equals signs stay as they are, as HATS's clients write them. */
export function fileUrl(release: string, path: string): string {
  const part = (text: string) => encodeURIComponent(text).replaceAll('%3D', '=');
  return `${release}/${path.split('/').map(part).join('/')}`;
}
