import type { HealpixKernel, Position } from '../healpix-wasm/kernel.ts';
import { overlapped } from './pixel-axis.ts';
import { partsOf, regionBorder, type Shape } from './region-border.ts';
import type { ImageWcs } from './wcs.ts';

/** First and last pixel along both axes of the sky. */
export interface PixelBox {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Pixels of a side of the grid on which a region is looked for that has no simple border in the image. */
const GRID = 160;

/**
 * The smallest box that holds the pixels which a region overlaps; null where there are none. The region's border is followed in the image. Where
 * that is not one closed line, as around a pole or over the edge of a map, the box is found on a grid of pixels and may be larger by a step of it.
 */
export function regionPixels(kernel: HealpixKernel, wcs: ImageWcs, region: Shape): PixelBox | null {
  const boxes = partsOf(region).flatMap((part) => partPixels(kernel, wcs, part) ?? []);
  const around = (side: 'x' | 'y'): [number, number] => [
    Math.min(...boxes.map((box) => box[side][0])),
    Math.max(...boxes.map((box) => box[side][1])),
  ];
  return boxes.length === 0 ? null : { x: around('x'), y: around('y') };
}

function partPixels(kernel: HealpixKernel, wcs: ImageWcs, region: Shape): PixelBox | null {
  const line = outline(wcs, regionBorder(region));
  if (line !== null && agrees(kernel, wcs, region, line)) {
    const part = clipped(line, wcs);
    return part.length === 0 ? null : boxOf(part, wcs);
  }
  const points = gridPoints(kernel, wcs, region);
  if (points.length === 0) return null;
  const [stepX, stepY] = [wcs.width / GRID, wcs.height / GRID];
  const spread = points.flatMap(({ x, y }) => [
    { x: x - stepX, y: y - stepY },
    { x: x + stepX, y: y + stepY },
  ]);
  return boxOf(spread, wcs);
}

function boxOf(points: readonly Point[], { width, height }: ImageWcs): PixelBox | null {
  const range = (values: readonly number[], pixels: number) => {
    const low = values.reduce((least, value) => Math.min(least, value));
    const high = values.reduce((most, value) => Math.max(most, value));
    return overlapped(low, high, pixels);
  };
  const x = range(
    points.map((point) => point.x),
    width,
  );
  const y = range(
    points.map((point) => point.y),
    height,
  );
  return x === null || y === null ? null : { x, y };
}

const columns = (positions: readonly Position[]) =>
  [Float64Array.from(positions, ({ lon }) => lon), Float64Array.from(positions, ({ lat }) => lat)] as const;

/** The border in pixels; null where it is interrupted, or jumps. */
function outline(wcs: ImageWcs, border: readonly Position[]): Point[] | null {
  const { x, y } = wcs.skyToPixel(...columns(border));
  const points = border.map((_, at) => ({ x: x[at]!, y: y[at]! }));
  if (points.some((point) => Number.isNaN(point.x))) return null;
  // Points are so near to each other that no step is much longer than most, but for a jump.
  const steps = points.map((point, at) => {
    const next = points[(at + 1) % points.length]!;
    return Math.hypot(next.x - point.x, next.y - point.y);
  });
  const usual = steps.toSorted((a, b) => a - b)[steps.length >> 1]!;
  const jump = steps.some((step) => step > 10 * usual + 2);
  return jump ? null : points;
}

/** Whether what the line encloses in the image is what the region holds, and not all the rest: seen at some points. */
function agrees(kernel: HealpixKernel, wcs: ImageWcs, region: Shape, line: readonly Point[]): boolean {
  const probes = [0.03, 0.27, 0.5, 0.73, 0.97].flatMap((a) =>
    [0.03, 0.27, 0.5, 0.73, 0.97].map((b) => ({ x: 0.5 + a * wcs.width, y: 0.5 + b * wcs.height })),
  );
  const inside = new Set(rowsInside(kernel, wcs, region, probes));
  const wrong = probes.filter((probe, at) => inside.has(at) !== encloses(line, probe));
  // Next to the border itself, rounding decides.
  return wrong.every((probe) => line.some(({ x, y }) => Math.hypot(x - probe.x, y - probe.y) < 2));
}

function encloses(line: readonly Point[], { x, y }: Point): boolean {
  let odd = false;
  for (const [at, a] of line.entries()) {
    const b = line[(at + 1) % line.length]!;
    if (a.y > y !== b.y > y && x < a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y)) odd = !odd;
  }
  return odd;
}

function rowsInside(kernel: HealpixKernel, wcs: ImageWcs, region: Shape, points: readonly Point[]): number[] {
  const { lon, lat } = wcs.pixelToSky(
    Float64Array.from(points, ({ x }) => x),
    Float64Array.from(points, ({ y }) => y),
  );
  const rows = Uint32Array.from(lon.keys()).filter((at) => !Number.isNaN(lon[at]!));
  return [
    ...('kind' in region
      ? kernel.regionRows(region, lon, lat, rows)
      : kernel.coneRows(region, lon, lat, rows).row),
  ];
}

function gridPoints(kernel: HealpixKernel, wcs: ImageWcs, region: Shape): Point[] {
  const along = (pixels: number) =>
    Array.from({ length: GRID + 1 }, (_, step) => 0.5 + (step * pixels) / GRID);
  const points = along(wcs.height).flatMap((y) => along(wcs.width).map((x) => ({ x, y })));
  const found = rowsInside(kernel, wcs, region, points).map((at) => points[at]!);
  const inImage = ({ x, y }: Point) => x >= 0.5 && x <= wcs.width + 0.5 && y >= 0.5 && y <= wcs.height + 0.5;
  const border = regionBorder(region);
  const { x, y } = wcs.skyToPixel(...columns(border));
  return [...found, ...border.map((_, at) => ({ x: x[at]!, y: y[at]! })).filter(inImage)];
}

/** What of a closed line lies in the image (Sutherland & Hodgman 1974). */
function clipped(line: readonly Point[], { width, height }: ImageWcs): Point[] {
  const halves: readonly ((point: Point) => number)[] = [
    ({ x }) => x - 0.5,
    ({ x }) => width + 0.5 - x,
    ({ y }) => y - 0.5,
    ({ y }) => height + 0.5 - y,
  ];
  return halves.reduce<Point[]>(
    (points, inside) => {
      return points.flatMap((b, at) => {
        const a = points.at(at - 1)!;
        const [before, here] = [inside(a), inside(b)];
        const part = before / (before - here);
        const crossing = { x: a.x + part * (b.x - a.x), y: a.y + part * (b.y - a.y) };
        if (here >= 0) return before < 0 ? [crossing, b] : [b];
        return before >= 0 ? [crossing] : [];
      });
    },
    [...line],
  );
}
