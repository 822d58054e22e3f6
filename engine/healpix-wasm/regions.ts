import type { Region } from './kernel.ts';
import { KernelError } from './kernel-error.ts';
import { requireWithin } from './require.ts';

/** A region as the C layer takes it. */
export interface EncodedRegion {
  readonly kind: number;
  readonly numbers: readonly number[];
}

/** @throws {KernelError} naming the number that is out of its interval */
export function encodeRegion(region: Region): EncodedRegion {
  switch (region.kind) {
    case 'polygon': {
      region.vertices.forEach(({ lon, lat }, at) => {
        requireWithin(`the lon of the polygon's vertex ${at}`, lon, 0, 360);
        requireWithin(`the lat of the polygon's vertex ${at}`, lat, -90, 90);
      });
      return { kind: 0, numbers: region.vertices.flatMap(({ lon, lat }) => [lon, lat]) };
    }
    case 'box': {
      const { lon, lat, width, height } = region;
      requireWithin("the box's lon", lon, 0, 360);
      requireWithin("the box's lat", lat, -90, 90);
      for (const [name, size] of Object.entries({ width, height })) {
        if (!(size > 0 && size < 180)) {
          throw new KernelError(`the box's ${name} is ${size}: it must be above 0 and below 180 degrees`);
        }
      }
      return { kind: 1, numbers: [lon, lat, width, height] };
    }
    case 'zone': {
      const { west, east, south, north } = region;
      requireWithin("the zone's west", west, 0, 360);
      requireWithin("the zone's east", east, 0, 360);
      requireWithin("the zone's south", south, -90, 90);
      requireWithin("the zone's north", north, -90, 90);
      if (south > north) throw new KernelError(`the zone's south, ${south}, is north of its north, ${north}`);
      return { kind: 2, numbers: [west, east, south, north] };
    }
  }
}

/** For what the C layer refuses although all its numbers are in their intervals. */
export function badRegion(): KernelError {
  return new KernelError(
    'the polygon is none: it needs three vertices at different positions, and two that follow each other must not be antipodes',
  );
}
