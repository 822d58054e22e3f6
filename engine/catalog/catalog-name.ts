/** `schema.table`, each of the two a name that PostgreSQL and a folder can have. */
export function isCatalogName(name: string): boolean {
  return /^[^/\\.\p{Cc}]{1,63}\.[^/\\.\p{Cc}]{1,63}$/u.test(name);
}
