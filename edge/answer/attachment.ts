/** RFC 6266. Clients that are no browsers do not look at it. */
export function attachment(catalog: string, extension: string): string {
  return `attachment; filename="${catalog.replaceAll(/[^\w.-]/g, '_')}.${extension}"`;
}
