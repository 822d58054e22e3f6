import { dimensions } from '../../engine/adql/check/value-type.ts';
import { type Enumeration, qualifiedName, type Table } from '../../engine/catalog/table.ts';

/**
 * Enumerations as a user writes them, `jplus=uJAVA,J0378,gSDSS`: a name, and those of the elements in order.
 * @throws Error that says how it is written, or which name stands twice
 */
export function parseEnumerations(texts: readonly string[]): Enumeration[] {
  const enumerations = texts.map(parseEnumeration);
  refuseTwice(
    enumerations.map(({ name }) => name),
    'enumerations',
  );
  return enumerations;
}

function parseEnumeration(text: string): Enumeration {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(at, 0)).trim();
  const members = text.slice(at + 1).split(',');
  const names = members.map((member) => member.trim());
  if (name === '' || names.includes('')) {
    throw new Error(
      `"${text}" is no enumeration: it is written name=first,second,…, as jplus=uJAVA,J0378,gSDSS`,
    );
  }
  refuseTwice(names, `members of ${name}`);
  return { name, members: names.map((member) => ({ name: member, description: null })) };
}

/** Queries find names whatever their capitals. */
function refuseTwice(names: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase()))
      throw new Error(`two ${what} are called "${name}", apart from capitals`);
    seen.add(name.toLowerCase());
  }
}

/** @throws Error for an enumeration that is as long as no array of the table. */
export function checkEnumerations(table: Table): void {
  const arrays = table.columns.filter((column) => dimensions(column).length > 0);
  for (const { name, members } of table.enumerations ?? []) {
    const fits = arrays.some((column) =>
      dimensions(column).some((length) => length === null || length === members.length),
    );
    if (fits) continue;
    const known = arrays.map((column) => `${column.name} (${column.arraysize})`).join(', ');
    throw new Error(
      `the enumeration ${name} has ${members.length} members, and no array of ${qualifiedName(table)} has so many elements${known === '' ? ': none of its columns is an array' : `: there are ${known}`}`,
    );
  }
}
