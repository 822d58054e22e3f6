import { AdqlCheckError } from '../../adql/errors.ts';
import type { TextLiteral } from '../../adql/syntax-tree.ts';
import { pairs, type Shape } from './shapes.ts';

/** Degrees ICRS: what these say, or leave open. */
const ICRS_FRAMES: ReadonlySet<string> = new Set(['ICRS', 'UNKNOWNFRAME']);
const OTHER_FRAMES: ReadonlySet<string> = new Set([
  'FK4',
  'FK5',
  'J2000',
  'B1950',
  'ECLIPTIC',
  'GALACTIC',
  'GALACTIC_II',
  'SUPER_GALACTIC',
  'GEO_C',
  'GEO_D',
]);
/** For the fixed stars they make no difference. */
const REFERENCE_POSITIONS: ReadonlySet<string> = new Set([
  'BARYCENTER',
  'GEOCENTER',
  'HELIOCENTER',
  'LSR',
  'TOPOCENTER',
  'RELOCATABLE',
  'UNKNOWNREFPOS',
]);
const FLAVOR = 'SPHERICAL2';

const SHAPES = {
  POSITION: { form: 'Position ICRS lon lat', takes: (count: number) => count === 2 },
  CIRCLE: { form: 'Circle ICRS lon lat radius', takes: (count: number) => count === 3 },
  BOX: { form: 'Box ICRS lon lat width height', takes: (count: number) => count === 4 },
  POLYGON: {
    form: 'Polygon ICRS lon lat lon lat lon lat …',
    takes: (count: number) => count >= 6 && count % 2 === 0,
  },
} as const;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * A geometry in STC-S, as far as TAP has it (TAP 1.0 §6): `shape [frame] [reference position] [flavor] numbers`, in degrees.
 * @throws AdqlCheckError at the text, for other shapes and frames, and for numbers that make no such shape
 */
export function parseStcs(literal: TextLiteral): Shape {
  const refuse = (problem: string): never => {
    throw new AdqlCheckError(problem, literal.position);
  };
  const words = literal.text.trim().split(/\s+/);
  const name = words.shift()!.toUpperCase();
  if (!Object.hasOwn(SHAPES, name)) {
    return refuse(
      `REGION understands Position, Circle, Box and Polygon in STC-S, such as 'Circle ICRS 10 20 0.5', not “${name}”`,
    );
  }
  const { form, takes } = SHAPES[name as keyof typeof SHAPES];
  const frame = words[0]?.toUpperCase() ?? '';
  if (OTHER_FRAMES.has(frame)) {
    return refuse(`REGION understands positions in ICRS, not in ${words[0]}: write '${form}'`);
  }
  if (ICRS_FRAMES.has(frame)) words.shift();
  if (REFERENCE_POSITIONS.has(words[0]?.toUpperCase() ?? '')) words.shift();
  if (words[0]?.toUpperCase() === FLAVOR) words.shift();
  const odd = words.find((word) => !NUMBER.test(word) || !Number.isFinite(Number(word)));
  if (odd !== undefined) return refuse(`“${odd}” has no place in the region: it is written '${form}'`);
  if (!takes(words.length))
    return refuse(`The region has ${words.length} number(s): it is written '${form}'`);
  const shape = shapeOf(name as keyof typeof SHAPES, words.map(Number));
  const problem = problemOf(shape);
  return problem === null ? shape : refuse(problem);
}

function shapeOf(name: keyof typeof SHAPES, numbers: readonly number[]): Shape {
  const [lon, lat, a, b] = numbers as [number, number, number, number];
  switch (name) {
    case 'POSITION':
      return { kind: 'point', lon, lat };
    case 'CIRCLE':
      return { kind: 'circle', lon, lat, radius: a };
    case 'BOX':
      return { kind: 'box', lon, lat, width: a, height: b };
    case 'POLYGON':
      return { kind: 'polygon', vertices: pairs(numbers) };
  }
}

/** The bounds of the constructors (`check/geometry.ts`). */
function problemOf(shape: Shape): string | null {
  const latitudes = shape.kind === 'polygon' ? shape.vertices.map(({ lat }) => lat) : [shape.lat];
  if (latitudes.some((lat) => Math.abs(lat) > 90)) {
    return 'A latitude lies between -90 and 90 degrees: is it given before the longitude?';
  }
  if (shape.kind === 'circle' && !(shape.radius >= 0 && shape.radius <= 180)) {
    return 'A radius lies between 0 and 180 degrees';
  }
  if (shape.kind !== 'box') return null;
  const isSize = (size: number) => size >= 0 && size < 180;
  if (!isSize(shape.width)) return 'A width is less than 180 degrees, and not negative';
  return isSize(shape.height) ? null : 'A height is less than 180 degrees, and not negative';
}
