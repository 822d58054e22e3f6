/**
 * The elements of an array in a text file: between spaces, as DALI 1.1 §3.3 writes arrays, or between commas or semicolons, in any
 * brackets; null for the word `null`.
 */
export function elementWords(text: string): (string | null)[] {
  return text
    .split(/[\s,;{}[\]()]+/)
    .filter((word) => word !== '')
    .map((word) => (/^null$/i.test(word) ? null : word));
}
