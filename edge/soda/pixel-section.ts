import type { Parsed } from '../request/values.ts';
import { quoted } from '../request-error.ts';

/** First and last pixel on each axis, from 1, in the order of the axes; null is all of an axis. */
export type PixelRanges = readonly (readonly [first: number, last: number] | null)[];

/** FITS 4.0 §4.4.1: NAXIS is 999 at most. */
const MAX_AXES = 999;

/** A section as FITS tools write it, with or without brackets: `101:200,51:150`, `[*,10:20]`; one number is one pixel. */
export function parseSection(text: string): Parsed<PixelRanges> {
  const inner = text.trim().replace(/^\[(.*)\]$/s, '$1');
  const parts = inner.split(',', MAX_AXES + 1).map((part) => part.trim());
  const ranges: PixelRanges[number][] = [];
  for (const part of parts) {
    const match = /^(\d{1,15})(?:\s*:\s*(\d{1,15}))?$/.exec(part);
    if (part === '*') ranges.push(null);
    else if (match === null) return { fault: `${quoted(text)} is no section; ${RIGHT}` };
    else {
      const first = Number(match[1]);
      const last = Number(match[2] ?? match[1]);
      if (first > last) return { fault: `${quoted(text)}: ${first} is above ${last}; ${RIGHT}` };
      ranges.push([first, last]);
    }
  }
  return ranges.length > MAX_AXES ? { fault: `${quoted(text)} has too many axes` } : { value: ranges };
}

const RIGHT = 'give the first and last pixel of each axis, such as 101:200,51:150, where * is all of an axis';
