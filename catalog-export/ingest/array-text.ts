/** An element of an array; null where it is not known. */
export type Element = number | bigint | boolean | string | null | undefined;

/** Elements, those of further dimensions as arrays of arrays. */
export type Elements = ArrayLike<Element | Elements>;

/**
 * An array as PostgreSQL reads it: `{1,NULL,NaN}`, `{{1,2},{3,4}}`.
 * @param arraysize of elements that lie flat, in which the dimension named first varies fastest (VOTable 1.4 §2.2).
 * @throws Error where they are not as many as it says.
 */
export function arrayText(elements: Elements, arraysize = '*'): string {
  const sizes = arraysize.split('x');
  const inner = sizes.slice(0, -1).map(Number);
  let parts = Array.from(elements, elementText);
  for (const size of inner) {
    if (parts.length % size !== 0) throw misfit(elements, arraysize);
    parts = Array.from({ length: parts.length / size }, (_, at) =>
      nested(parts.slice(at * size, (at + 1) * size)),
    );
  }
  const outer = sizes.at(-1)!;
  const most = Number.parseInt(outer, 10);
  if (outer !== '*' && (outer.endsWith('*') ? parts.length > most : parts.length !== most)) {
    throw misfit(elements, arraysize);
  }
  return nested(parts);
}

function misfit({ length }: Elements, arraysize: string): Error {
  return new Error(`an array of ${length} elements, where the arraysize is ${arraysize}`);
}

function nested(parts: readonly string[]): string {
  return `{${parts.join(',')}}`;
}

function elementText(element: Element | Elements): string {
  if (element === null || element === undefined) return 'NULL';
  if (typeof element === 'object') return nested(Array.from(element, elementText));
  return Object.is(element, -0) ? '-0' : String(element);
}
