import type { Cone, Position, Region } from '../healpix-wasm/kernel.ts';
import { angleBetween, toPosition, toVector, type Vector } from './vectors.ts';

/** Points of a border: of a circle across 10,000 pixels they leave it by 0.05 pixel. */
const POINTS = 720;

/** A region that images are cut out by. */
export type Shape = Cone | Exclude<Region, { kind: 'box' }>;

/** A region in parts whose borders are single lines: a range of more than half of all longitudes is two. */
export function partsOf(region: Shape): readonly Shape[] {
  if (!('kind' in region) || region.kind !== 'zone') return [region];
  const width = widthOf(region);
  if (width <= 180) return [region];
  const half = region.west + width / 2;
  const between = half >= 360 ? half - 360 : half;
  return [
    { ...region, east: between },
    { ...region, west: between },
  ];
}

const widthOf = ({ west, east }: { west: number; east: number }): number =>
  east >= west ? east - west : east - west + 360;

/** Points along the border of one of the parts, closed. */
export function regionBorder(region: Shape): Position[] {
  if (!('kind' in region)) return circle(region);
  if (region.kind === 'polygon') return polygon(region.vertices);
  const { west, south, north } = region;
  const width = widthOf(region);
  const side = POINTS / 4;
  const steps = Array.from({ length: side }, (_, step) => step / side);
  return [
    ...steps.map((part) => ({ lon: west + part * width, lat: south })),
    ...steps.map((part) => ({ lon: west + width, lat: south + part * (north - south) })),
    ...steps.map((part) => ({ lon: west + (1 - part) * width, lat: north })),
    ...steps.map((part) => ({ lon: west, lat: north - part * (north - south) })),
  ].map(({ lon, lat }) => ({ lon: lon >= 360 ? lon - 360 : lon, lat }));
}

function circle({ lon, lat, radius }: Cone): Position[] {
  const [sinLon, cosLon] = sineAndCosine(lon);
  const [sinLat, cosLat] = sineAndCosine(lat);
  const [sinRadius, cosRadius] = sineAndCosine(radius);
  return Array.from({ length: POINTS }, (_, step) => {
    const [sine, cosine] = sineAndCosine((360 * step) / POINTS);
    // East and north of the centre.
    const [east, north] = [sinRadius * sine, sinRadius * cosine];
    return toPosition([
      cosRadius * cosLat * cosLon - east * sinLon - north * sinLat * cosLon,
      cosRadius * cosLat * sinLon + east * cosLon - north * sinLat * sinLon,
      cosRadius * sinLat + north * cosLat,
    ]);
  });
}

function sineAndCosine(degrees: number): [number, number] {
  const angle = (degrees * Math.PI) / 180;
  return [Math.sin(angle), Math.cos(angle)];
}

function polygon(vertices: readonly Position[]): Position[] {
  const corners = vertices.map(({ lon, lat }) => toVector(lon, lat));
  const edges = corners.map((a, at) => [a, corners[(at + 1) % corners.length]!] as const);
  const lengths = edges.map(([a, b]) => angleBetween(a, b));
  const around = lengths.reduce((sum, length) => sum + length, 0);
  return edges.flatMap(([a, b], at) => {
    const steps = Math.max(1, Math.ceil((POINTS * lengths[at]!) / around));
    return Array.from({ length: steps }, (_, step) => toPosition(onArc(a, b, lengths[at]!, step / steps)));
  });
}

function onArc(a: Vector, b: Vector, length: number, part: number): Vector {
  const angle = (length * Math.PI) / 180;
  if (angle === 0 || part === 0) return a;
  const [one, other] = [Math.sin((1 - part) * angle), Math.sin(part * angle)];
  return [one * a[0] + other * b[0], one * a[1] + other * b[1], one * a[2] + other * b[2]];
}
