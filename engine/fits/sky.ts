import type { Position } from '../healpix-wasm/kernel.ts';
import { FitsError } from './errors.ts';
import { angleBetween, middle, toPosition, toVector, type Vector } from './vectors.ts';
import type { ImageWcs } from './wcs.ts';

/** Where an image is on the sky, and how large. */
export interface ImageSky {
  readonly center: Position;
  /** As {@link footprint}. */
  readonly footprint: readonly number[];
  /** Arcseconds: the square root of a pixel's area at the centre. */
  readonly pixelScale: number;
  /** Degrees: diameter of the circle around the centre that holds the footprint. */
  readonly fov: number;
  /** Degrees, through the centre. */
  readonly width: number;
  readonly height: number;
}

/** A footprint's edges are nowhere further than this from the border of the image, in pixels. */
const TOLERANCE = 0.05;
/** Halvings of an edge of the image. */
const DEEPEST = 7;
/** Degrees: longer edges are halved, lest it be in doubt which way round they go. */
const LONGEST_EDGE = 45;

/**
 * The outer border of an image as a polygon on the sky, ICRS: longitude and latitude of each vertex in turn, in degrees, not closed.
 * It begins with the corner (0.5, 0.5) of the first pixel and goes along the second axis first, as astropy's `WCS.calc_footprint(center=False)`;
 * that is clockwise as seen from inside the sphere in an image with east to the left of north, counterclockwise in a mirrored one. Four vertices,
 * and more where arcs of great circles between them would leave the border of the image by 0.05 pixel. Where a corner of the
 * image is not on the sky, as in a map of all the sky, the border of the projection takes its place.
 * @throws {FitsError} `unsupported-wcs` where the image has no sky, or more than a hemisphere of it
 */
export function footprint(wcs: ImageWcs): number[] {
  const corners = [
    [0.5, 0.5],
    [0.5, wcs.height + 0.5],
    [wcs.width + 0.5, wcs.height + 0.5],
    [wcs.width + 0.5, 0.5],
  ] as const;
  const border = corners.flatMap(([x, y], at) => {
    const [toX, toY] = corners[(at + 1) % 4]!;
    return edge(wcs, { x, y }, { x: toX, y: toY });
  });
  const vertices = border.map(({ sky }) => sky);
  const center = centerOf(wcs);
  if (vertices.some((vertex) => angleBetween(center, vertex) >= 90)) {
    throw new FitsError(
      'unsupported-wcs',
      null,
      'the image covers more than half of the sky, or reaches further than 90° from its centre: no polygon can tell its footprint',
    );
  }
  return vertices.flatMap((vertex) => {
    const { lon, lat } = toPosition(vertex);
    return [lon, lat];
  });
}

/** @throws {FitsError} as {@link footprint} */
export function skyOf(wcs: ImageWcs): ImageSky {
  const polygon = footprint(wcs);
  const center = centerOf(wcs);
  let farthest = 0;
  for (let at = 0; at < polygon.length; at += 2) {
    farthest = Math.max(farthest, angleBetween(center, toVector(polygon[at]!, polygon[at + 1]!)));
  }
  const [x, y] = [(wcs.width + 1) / 2, (wcs.height + 1) / 2];
  const [west, east, south, north] = vectors(wcs, [
    { x: x - 0.5, y },
    { x: x + 0.5, y },
    { x, y: y - 0.5 },
    { x, y: y + 0.5 },
  ]) as [Vector, Vector, Vector, Vector];
  const along = [east[0] - west[0], east[1] - west[1], east[2] - west[2]] as const;
  const across = [north[0] - south[0], north[1] - south[1], north[2] - south[2]] as const;
  const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const area = Math.sqrt(Math.max(dot(along, along) * dot(across, across) - dot(along, across) ** 2, 0));
  if (!(area > 0)) {
    throw new FitsError('unsupported-wcs', null, 'the pixels of the image have no area on the sky');
  }
  const degrees = 180 / Math.PI;
  return {
    center: toPosition(center),
    footprint: polygon,
    pixelScale: Math.sqrt(area) * degrees * 3600,
    fov: 2 * farthest,
    width: Math.sqrt(dot(along, along)) * degrees * wcs.width,
    height: Math.sqrt(dot(across, across)) * degrees * wcs.height,
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface BorderPoint extends Point {
  readonly sky: Vector;
}

/** NaN in the vectors of points that are not on the sky. */
function vectors(wcs: ImageWcs, points: readonly Point[]): Vector[] {
  const { lon, lat } = wcs.pixelToSky(
    Float64Array.from(points, ({ x }) => x),
    Float64Array.from(points, ({ y }) => y),
  );
  return points.map((_, at) => toVector(lon[at]!, lat[at]!));
}

function centerOf(wcs: ImageWcs): Vector {
  const [center] = vectors(wcs, [{ x: (wcs.width + 1) / 2, y: (wcs.height + 1) / 2 }]);
  if (!Number.isNaN(center![0])) return center!;
  throw new FitsError('unsupported-wcs', null, 'the centre of the image is not on the sky');
}

/** Points of the border from one on, up to but without another. */
function edge(wcs: ImageWcs, from: Point, to: Point): BorderPoint[] {
  let points = onSky(wcs, [from, to]);
  // All pieces that still leave the border are halved at once: few calls of the kernel.
  let open = [true];
  for (let depth = 0; depth < DEEPEST && open.includes(true); depth++) {
    const pieces = open.map((isOpen, at) => (isOpen ? at : -1)).filter((at) => at >= 0);
    const halves = onSky(
      wcs,
      pieces.map((at) => between(points[at]!, points[at + 1]!)),
    );
    const arcs = pieces.map((at) => middle(points[at]!.sky, points[at + 1]!.sky));
    const pixels = wcs.skyToPixel(
      Float64Array.from(arcs, (arc) => toPosition(arc).lon),
      Float64Array.from(arcs, (arc) => toPosition(arc).lat),
    );
    const bent = new Set(
      pieces.filter((at, n) => {
        const [a, b] = [points[at]!, points[at + 1]!];
        const long = angleBetween(a.sky, b.sky) > LONGEST_EDGE;
        // The wanted point is on the sky: an arc whose middle is nowhere in the image is far off.
        return long || !(distanceToLine({ x: pixels.x[n]!, y: pixels.y[n]! }, a, b, halves[n]!) <= TOLERANCE);
      }),
    );
    const next: BorderPoint[] = [];
    const nextOpen: boolean[] = [];
    for (let at = 0; at < points.length; at++) {
      next.push(points[at]!);
      if (at === points.length - 1) break;
      nextOpen.push(bent.has(at));
      if (bent.has(at)) {
        next.push(halves[pieces.indexOf(at)]!);
        nextOpen.push(true);
      }
    }
    points = next;
    open = nextOpen;
  }
  return points.slice(0, -1);
}

const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** Of a point from the line through two others, which goes through a third where they were moved onto the sky. */
function distanceToLine(point: Point, a: Point, b: Point, through: Point): number {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length === 0) return 0;
  const off = ({ x, y }: Point) => ((x - a.x) * (b.y - a.y) - (y - a.y) * (b.x - a.x)) / length;
  return Math.abs(off(point) - off(through));
}

/** Points of the border, moved towards the centre of the image as far as needed to be on the sky: all of them at a time. */
function onSky(wcs: ImageWcs, points: readonly Point[]): BorderPoint[] {
  const found = vectors(wcs, points).map((sky, at) => ({ ...points[at]!, sky }));
  const off = found.flatMap(({ sky }, at) => (Number.isNaN(sky[0]) ? [at] : []));
  if (off.length === 0) return found;
  const center = { x: (wcs.width + 1) / 2, y: (wcs.height + 1) / 2, sky: centerOf(wcs) };
  const outside: Point[] = off.map((at) => points[at]!);
  for (const at of off) found[at] = center;
  const halvings = Math.ceil(Math.log2(Math.hypot(wcs.width, wcs.height) / TOLERANCE));
  for (let n = 0; n < halvings; n++) {
    const halves = off.map((at, place) => between(found[at]!, outside[place]!));
    for (const [place, sky] of vectors(wcs, halves).entries()) {
      if (Number.isNaN(sky[0])) outside[place] = halves[place]!;
      else found[off[place]!] = { ...halves[place]!, sky };
    }
  }
  return found;
}
