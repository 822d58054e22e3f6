import type { Cone, HealpixKernel, Region } from '../healpix-wasm/kernel.ts';
import type { FitsImage } from './image.ts';
import { polarizationAxis, timeAxis } from './other-axes.ts';
import { overlapped, type PixelAxis, pixelsWithin } from './pixel-axis.ts';
import { regionPixels } from './region-pixels.ts';
import { spectralAxis } from './spectral-axis.ts';
import type { ImageWcs } from './wcs.ts';

/** A box of pixels, as in `[x1:x2,y1:y2]` of FITS: from 1 on, both ends included, one number for each axis. */
export interface Section {
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** What is wanted of an image; conditions that are given hold together. */
export interface SectionRequest {
  /** The smallest box that holds the part of the region in the image. */
  readonly region?: Cone | Exclude<Region, { kind: 'box' }>;
  /** Wavelengths in vacuum, metres. Of no effect in an image without a spectral axis; so the next two. */
  readonly band?: readonly [number, number];
  /** MJD. */
  readonly time?: readonly [number, number];
  /** Names as ObsCore's, `I` or `XX`: the smallest range of planes that holds them. */
  readonly pol?: readonly string[];
  /** First and last pixel along each axis; axes beyond them are taken whole. */
  readonly pixels?: readonly (readonly [number, number])[];
}

export function wholeImage({ axes }: Pick<FitsImage, 'axes'>): Section {
  return { first: axes.map(() => 1), last: axes };
}

/** Pixels in a section. */
export function sectionPixels({ first, last }: Section): number {
  return first.reduce((product, from, axis) => product * (last[axis]! - from + 1), 1);
}

/** Pixels along each axis of a section. */
export function sectionAxes({ first, last }: Section): number[] {
  return first.map((from, axis) => last[axis]! - from + 1);
}

/**
 * The box of pixels of an image that a request asks for; null where they have nothing in common. A pixel has part in a region, or an interval, that its
 * area overlaps.
 */
export function sectionOf(
  kernel: HealpixKernel,
  image: FitsImage,
  wcs: ImageWcs,
  request: SectionRequest,
): Section | null {
  let section: Section | null = wholeImage(image);
  const narrow = (axis: number, range: readonly [number, number] | null) => {
    section = section && range && narrowed(section, axis, range);
  };

  const { region, band, time, pol, pixels } = request;
  for (const [axis, [low, high]] of (pixels ?? []).entries()) {
    if (axis < image.axes.length) narrow(axis, low > high ? null : overlapped(low, high, image.axes[axis]!));
  }
  const within = (axis: PixelAxis | null, interval: readonly [number, number] | undefined) => {
    if (axis !== null && interval !== undefined) narrow(axis.axis, pixelsWithin(axis, interval));
  };
  if (band !== undefined) within(spectralAxis(image), band);
  if (time !== undefined) within(timeAxis(image), time);
  const polarization = pol === undefined ? null : polarizationAxis(image);
  if (polarization !== null) narrow(polarization.axis, statesWithin(polarization.states, pol!));
  if (region !== undefined && section !== null) {
    const found = regionPixels(kernel, wcs, region);
    narrow(wcs.axes[0], found === null ? null : found.x);
    narrow(wcs.axes[1], found === null ? null : found.y);
  }
  return section;
}

function narrowed(section: Section, axis: number, [low, high]: readonly [number, number]): Section | null {
  const [first, last] = [Math.max(section.first[axis]!, low), Math.min(section.last[axis]!, high)];
  if (first > last) return null;
  return { first: section.first.with(axis, first), last: section.last.with(axis, last) };
}

function statesWithin(
  states: readonly string[],
  wanted: readonly string[],
): readonly [number, number] | null {
  const found = states.flatMap((state, at) => (wanted.includes(state) ? [at + 1] : []));
  return found.length === 0 ? null : [found[0]!, found.at(-1)!];
}
