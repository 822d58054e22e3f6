import type { CellRanges, HealpixKernel, Position } from '../../engine/healpix-wasm/kernel.ts';
import { union } from '../../engine/healpix-wasm/ranges.ts';
import type { RawParameters } from '../request/request-parameters.ts';
import type { Parsed } from '../request/values.ts';
import { parseDecimal } from '../request/values.ts';
import { RequestError } from '../request-error.ts';
import { parseMoc } from './moc-text.ts';

/** Turns the text of a parameter into the cells that it covers. */
type Cover = (kernel: HealpixKernel, text: string) => Parsed<CellRanges>;

/** The parameters that name a region (DALI 1.1 §3.3.6 to 3.3.7, SODA 1.0 §3.2). */
const REGIONS: Readonly<Record<string, Cover>> = {
  CIRCLE: circle,
  POLYGON: polygon,
  MOC: (_, text) => parseMoc(text),
};

/**
 * The cells of order 29 that the regions of a request cover, all of them together; null where it names none.
 * @throws RequestError (400) that says what is wrong with a region, and what would be right.
 */
export function regionOf(kernel: HealpixKernel, parameters: RawParameters): CellRanges | null {
  const covers: CellRanges[] = [];
  const faults: string[] = [];
  for (const [name, cover] of Object.entries(REGIONS)) {
    for (const text of parameters.get(name) ?? []) {
      if (text.trim() === '') continue;
      const parsed = cover(kernel, text);
      if ('fault' in parsed) faults.push(`${name} ${parsed.fault}`);
      else covers.push(parsed.value);
    }
  }
  if (faults.length > 0) throw new RequestError(400, `${faults.join('. ')}.`);
  return covers.length === 0 ? null : covers.reduce(union);
}

function circle(kernel: HealpixKernel, text: string): Parsed<CellRanges> {
  const parsed = numbers(text);
  if ('fault' in parsed) return parsed;
  const [lon, lat, radius] = parsed.value as [number, number, number];
  if (parsed.value.length !== 3) {
    return {
      fault: `has ${parsed.value.length} numbers; it is longitude, latitude and radius: CIRCLE=83.6 22.0 0.5`,
    };
  }
  if (radius < 0 || radius > 180)
    return { fault: `has the radius ${radius}; it lies between 0 and 180 degrees` };
  return outOfRange(lon, lat) ?? { value: kernel.coneRanges({ lon, lat, radius }) };
}

function polygon(kernel: HealpixKernel, text: string): Parsed<CellRanges> {
  const parsed = numbers(text);
  if ('fault' in parsed) return parsed;
  const { value } = parsed;
  if (value.length < 6 || value.length % 2 === 1) {
    return {
      fault: `has ${value.length} numbers; it is longitude and latitude of three corners or more: POLYGON=83 21 85 21 84 23`,
    };
  }
  const vertices: Position[] = [];
  for (let at = 0; at < value.length; at += 2) {
    const [lon, lat] = [value[at]!, value[at + 1]!];
    const fault = outOfRange(lon, lat);
    if (fault) return fault;
    vertices.push({ lon, lat });
  }
  try {
    return { value: kernel.regionRanges({ kind: 'polygon', vertices }) };
  } catch (error) {
    return { fault: `is no polygon: ${(error as Error).message}` };
  }
}

function outOfRange(lon: number, lat: number): { fault: string } | null {
  if (lon < 0 || lon > 360) return { fault: `has the longitude ${lon}; it lies between 0 and 360 degrees` };
  if (lat < -90 || lat > 90) return { fault: `has the latitude ${lat}; it lies between -90 and 90 degrees` };
  return null;
}

/** DALI separates by spaces; people write commas, too. */
function numbers(text: string): Parsed<number[]> {
  const value: number[] = [];
  for (const word of text.trim().split(/[\s,]+/)) {
    const parsed = parseDecimal(word);
    if ('fault' in parsed) return { fault: `has a part that is wrong: ${parsed.fault}` };
    value.push(parsed.value);
  }
  return { value };
}
