import type { Cone, Region } from '../../engine/healpix-wasm/kernel.ts';
import { quoted } from '../request-error.ts';
import { type Parsed, parseDecimal } from './values.ts';

/** A closed interval; an end that is open is infinite. */
export type Interval = readonly [least: number, most: number];

/** What positional parameters mean: degrees, ICRS. A circle is a cone. */
export type SkyRegion = Cone | Exclude<Region, { kind: 'box' }>;

/**
 * A circle as DALI 1.1 §3.3.6 writes it: longitude, latitude and radius, such as `12 34 0.5`.
 */
export function parseCircle(text: string): Parsed<Cone> {
  const numbers = parseNumbers(text);
  if ('fault' in numbers) return numbers;
  const { value } = numbers;
  const [lon, lat, radius] = value as [number, number, number];
  if (value.length !== 3) {
    return {
      fault: `${quoted(text)} has ${count(value.length)}; a circle is longitude, latitude and radius`,
    };
  }
  const fault = positionFault(value.slice(0, 2)) ?? (isWithin(radius, 0, 180) ? null : RADIUS);
  return fault === null ? { value: { lon, lat, radius } } : { fault: `${quoted(text)}: ${fault}` };
}

/**
 * A polygon as DALI 1.1 §3.3.7 writes it: longitude and latitude of each vertex in turn, wound either way; its inside is the smaller side.
 */
export function parsePolygon(text: string): Parsed<SkyRegion> {
  const numbers = parseNumbers(text);
  if ('fault' in numbers) return numbers;
  const { value } = numbers;
  if (value.length % 2 === 1 || value.length < 6) {
    return {
      fault: `${quoted(text)} has ${count(value.length)}; a polygon is longitude and latitude of three vertices or more`,
    };
  }
  const fault = positionFault(value);
  if (fault !== null) return { fault: `${quoted(text)}: ${fault}` };
  const vertices = Array.from({ length: value.length / 2 }, (_, at) => {
    return { lon: value[2 * at]!, lat: value[2 * at + 1]! };
  });
  return { value: { kind: 'polygon', vertices } };
}

/**
 * A region as SIA 2.0 §2.1.1 and SODA 1.0 §3.3.1 write it: `CIRCLE 12 34 0.5`, `RANGE 12 14 34 36`, `POLYGON 12 34 14 34 14 36`.
 */
export function parsePos(text: string): Parsed<SkyRegion> {
  const [, shape, rest] = /^\s*([A-Za-z]+)\s+(.*)$/s.exec(text) ?? ['', '', ''];
  switch (shape!.toUpperCase()) {
    case 'CIRCLE':
      return parseCircle(rest!);
    case 'POLYGON':
      return parsePolygon(rest!);
    case 'RANGE':
      return parseRange(rest!);
    default:
      return {
        fault: `${quoted(text)} is no region; give CIRCLE longitude latitude radius, RANGE longitude1 longitude2 latitude1 latitude2, or POLYGON longitude1 latitude1 …, in degrees`,
      };
  }
}

/** From the first longitude eastwards to the second; ends may be open. */
function parseRange(text: string): Parsed<SkyRegion> {
  const numbers = parseNumbers(text, true);
  if ('fault' in numbers) return numbers;
  const { value } = numbers;
  if (value.length !== 4) {
    return {
      fault: `${quoted(text)} has ${count(value.length)}; a range is longitude1 longitude2 latitude1 latitude2`,
    };
  }
  const west = closed(value[0]!, 0, 360);
  const east = closed(value[1]!, 0, 360);
  const south = closed(value[2]!, -90, 90);
  const north = closed(value[3]!, -90, 90);
  const fault = positionFault([west, south, east, north]);
  if (fault !== null) return { fault: `${quoted(text)}: ${fault}` };
  if (south > north) return { fault: `${quoted(text)}: latitude1 is above latitude2` };
  return { value: { kind: 'zone', west, east, south, north } };
}

/**
 * An interval as DALI 1.1 §3.3.4 writes it: `500 550`, `-Inf 300`, `750 +Inf`; one number alone is the interval of that number.
 */
export function parseInterval(text: string): Parsed<Interval> {
  const numbers = parseNumbers(text, true);
  if ('fault' in numbers) return numbers;
  const { value } = numbers;
  const [least, most = least] = value as [number, number?];
  if (value.length < 1 || value.length > 2) {
    return {
      fault: `${quoted(text)} has ${count(value.length)}; an interval is two, such as 500 550 or -Inf 300`,
    };
  }
  if (least > most!) return { fault: `${quoted(text)}: the first number is above the second` };
  if (least === most && !Number.isFinite(least)) return { fault: `${quoted(text)} holds no number` };
  return { value: [least, most!] };
}

/** @param open whether `-Inf` and `+Inf` are numbers here. */
function parseNumbers(text: string, open = false): Parsed<number[]> {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const numbers: number[] = [];
  for (const word of words) {
    const infinite = open ? /^([+-]?)inf(inity)?$/i.exec(word) : null;
    if (infinite) {
      numbers.push(infinite[1] === '-' ? -Infinity : Infinity);
      continue;
    }
    const parsed = parseDecimal(word);
    if ('fault' in parsed) return parsed;
    numbers.push(parsed.value);
  }
  return { value: numbers };
}

function count(numbers: number): string {
  return numbers === 1 ? '1 number' : `${numbers} numbers`;
}

const RADIUS = 'the radius must be from 0 to 180 degrees';

/** @param numbers longitudes and latitudes in turn. */
function positionFault(numbers: readonly number[]): string | null {
  for (const [at, number] of numbers.entries()) {
    if (at % 2 === 0 && !isWithin(number, 0, 360)) return 'longitudes must be from 0 to 360 degrees';
    if (at % 2 === 1 && !isWithin(number, -90, 90)) return 'latitudes must be from -90 to 90 degrees';
  }
  return null;
}

function isWithin(number: number, least: number, most: number): boolean {
  return number >= least && number <= most;
}

/** An open end is that of the axis. */
function closed(number: number, least: number, most: number): number {
  return number === -Infinity ? least : number === Infinity ? most : number;
}
