/** A position in degrees; the longitude as it was given, which may be outside of 0…360. */
export interface ShapePoint {
  readonly lon: number;
  readonly lat: number;
}

/** A constant geometry, in degrees, ICRS. */
export type Shape =
  | ({ readonly kind: 'point' } & ShapePoint)
  | ({ readonly kind: 'circle'; readonly radius: number } & ShapePoint)
  | ({ readonly kind: 'box'; readonly width: number; readonly height: number } & ShapePoint)
  | { readonly kind: 'polygon'; readonly vertices: readonly ShapePoint[] };

/** A constant region: a shape, or what is made of several, or the sky without one (STC-S 1.33 §5). */
export type Region = Shape | Compound;

export type Compound =
  | { readonly kind: 'union' | 'intersection'; readonly parts: readonly Region[] }
  | { readonly kind: 'not'; readonly part: Region };

export function isCompound(region: Region): region is Compound {
  return region.kind === 'union' || region.kind === 'intersection' || region.kind === 'not';
}

/** How many shapes a region is made of. */
export function shapesIn(region: Region): number {
  if (!isCompound(region)) return 1;
  if (region.kind === 'not') return shapesIn(region.part);
  return region.parts.reduce((sum, part) => sum + shapesIn(part), 0);
}

/** Longitudes and latitudes in turn → positions. */
export function pairs(numbers: readonly number[]): ShapePoint[] {
  return Array.from({ length: numbers.length / 2 }, (_, at) => ({
    lon: numbers[2 * at]!,
    lat: numbers[2 * at + 1]!,
  }));
}
