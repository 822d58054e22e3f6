import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A GeoJSON point feature of d3-celestial; longitude is right ascension in −180…180 degrees. */
export interface Feature<Id, Properties> {
  readonly id: Id;
  readonly properties: Properties;
  readonly geometry: { readonly coordinates: readonly [lon: number, lat: number] };
}

export interface FeatureCollection<Id, Properties> {
  readonly features: readonly Feature<Id, Properties>[];
}

/** Reads a file of the npm package d3-celestial, such as `stars.14.json`. */
export async function readCelestial<T>(name: string): Promise<T> {
  const folder = dirname(createRequire(import.meta.url).resolve('d3-celestial/package.json'));
  return JSON.parse(await readFile(join(folder, 'data', name), 'utf8')) as T;
}

/**
 * Right ascension in [0, 360) degrees from a longitude in −180…180. The source gives at most four decimals, and so
 * does the result: the sum's rounding error is not shown as digits.
 */
export function rightAscension(lon: number): number {
  return lon < 0 ? Number((lon + 360).toFixed(4)) % 360 : lon;
}

/** Null for the empty string, which is how the source says "unknown". */
export function textOrNull(text: string | undefined): string | null {
  return text?.trim() || null;
}

/** A number, null for the empty string. @throws Error when the text is neither. */
export function numberOrNull(value: string | number): number | null {
  if (value === '') return null;
  const number = Number(value);
  if (!Number.isFinite(number)) throw new Error(`d3-celestial: "${value}" is not a number`);
  return number;
}
