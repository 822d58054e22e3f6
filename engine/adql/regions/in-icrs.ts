import { type Frame, toIcrs } from './frames.ts';
import type { Shape, ShapePoint } from './shape.ts';

const degrees = Math.PI / 180;

/** A shape of another frame in ICRS: circles keep their radius, boxes become polygons. */
export function inIcrs(shape: Shape, frame: Frame): Shape {
  if (frame === 'ICRS') return shape;
  const turned = (point: ShapePoint) => toIcrs(frame, point);
  switch (shape.kind) {
    case 'point':
    case 'circle':
      return { ...shape, ...turned(shape) };
    case 'box':
      return { kind: 'polygon', vertices: corners(shape).map(turned) };
    case 'polygon':
      return { kind: 'polygon', vertices: shape.vertices.map(turned) };
  }
}

/** Of a box with sides on great circles, as `almagest.box` has them. */
export function corners({ lon, lat, width, height }: Shape & { kind: 'box' }): ShapePoint[] {
  const [east, north] = [width, height].map((size) => Math.tan((size / 2) * degrees)) as [number, number];
  const [sine, cosine] = [Math.sin(lat * degrees), Math.cos(lat * degrees)];
  const corner = (x: number, y: number): ShapePoint => ({
    lon: lon + Math.atan2(x, cosine - y * sine) / degrees,
    lat: Math.atan2(sine + y * cosine, Math.hypot(cosine - y * sine, x)) / degrees,
  });
  return [corner(-east, -north), corner(east, -north), corner(east, north), corner(-east, north)];
}
