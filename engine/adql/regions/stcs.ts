import { AdqlCheckError } from '../errors.ts';
import type { TextLiteral } from '../syntax-tree.ts';
import type { Frame } from './frames.ts';
import { inIcrs } from './in-icrs.ts';
import { pairs, type Region, type Shape } from './shape.ts';

/** Names of the frames that are known; what leaves it open is taken for ICRS. */
const FRAMES: Readonly<Record<string, Frame>> = {
  ICRS: 'ICRS',
  UNKNOWNFRAME: 'ICRS',
  FK5: 'FK5',
  J2000: 'FK5',
  FK4: 'FK4',
  B1950: 'FK4',
  GALACTIC: 'GALACTIC',
  GALACTIC_II: 'GALACTIC',
  SUPER_GALACTIC: 'SUPER_GALACTIC',
  ECLIPTIC: 'ECLIPTIC',
};
/** On the Earth. */
const OTHER_FRAMES: ReadonlySet<string> = new Set(['GEO_C', 'GEO_D']);
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
type ShapeName = keyof typeof SHAPES;

const COMPOUNDS = {
  UNION: 'Union ICRS (Circle 10 20 1 Circle 11 20 1)',
  INTERSECTION: 'Intersection ICRS (Circle 10 20 1 Circle 11 20 1)',
  NOT: 'Not ICRS (Circle 10 20 1)',
} as const;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const MOST_LEVELS = 20;
const MOST_SHAPES = 1000;

/**
 * A region in STC-S, as far as TAP has it (TAP 1.0 §6): `shape [frame] [reference position] [flavor] numbers`, and Union,
 * Intersection and Not `[frame] [reference position] [flavor] (regions)`, in degrees. It is given in ICRS.
 * @throws AdqlCheckError at the text, for other shapes and frames, and for numbers that make no such shape
 */
export function parseStcs(literal: TextLiteral): Region {
  const refuse = (problem: string): never => {
    throw new AdqlCheckError(problem, literal.position);
  };
  const words = literal.text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  let shapes = 0;

  function region(around: Frame, level: number): Region {
    const name = words[at++]?.toUpperCase() ?? '';
    if (level > MOST_LEVELS) return refuse(`A region has at most ${MOST_LEVELS} levels of parentheses`);
    if (Object.hasOwn(COMPOUNDS, name)) return compound(name as keyof typeof COMPOUNDS, around, level);
    if (!Object.hasOwn(SHAPES, name)) {
      return refuse(
        `REGION understands Position, Circle, Box and Polygon in STC-S, such as 'Circle ICRS 10 20 0.5', and Union, Intersection and Not of them, not “${name}”`,
      );
    }
    if (++shapes > MOST_SHAPES) return refuse(`A region has at most ${MOST_SHAPES} shapes`);
    return shape(name as ShapeName, around);
  }

  function compound(name: keyof typeof COMPOUNDS, around: Frame, level: number): Region {
    const form = COMPOUNDS[name];
    const frame = frameHere(around, form);
    if (words[at] !== '(') return refuse(`${name} is followed by its parts in parentheses: '${form}'`);
    at++;
    const parts: Region[] = [];
    while (at < words.length && words[at] !== ')') parts.push(region(frame, level + 1));
    if (words[at++] !== ')') return refuse(`A parenthesis of the region is not closed: '${form}'`);
    if (name === 'NOT')
      return parts.length === 1
        ? { kind: 'not', part: parts[0]! }
        : refuse(`NOT has one part, not ${parts.length}: '${form}'`);
    if (parts.length === 0) return refuse(`${name} has no parts: it is written '${form}'`);
    return parts.length === 1 ? parts[0]! : { kind: name === 'UNION' ? 'union' : 'intersection', parts };
  }

  function shape(name: ShapeName, around: Frame): Shape {
    const { form, takes } = SHAPES[name];
    const frame = frameHere(around, form);
    const numbers: number[] = [];
    while (at < words.length && NUMBER.test(words[at]!) && Number.isFinite(Number(words[at])))
      numbers.push(Number(words[at++]));
    if (!takes(numbers.length)) {
      const odd = words[at];
      const isOdd = odd !== undefined && !/^[()]$/.test(odd) && !isName(odd);
      return isOdd
        ? misplaced(odd, form)
        : refuse(`The region has ${numbers.length} number(s): it is written '${form}'`);
    }
    const given = shapeOf(name, numbers);
    const problem = problemOf(given);
    return problem === null ? inIcrs(given, frame) : refuse(problem);
  }

  /** The frame that is written here, else that of what is around. */
  function frameHere(around: Frame, form: string): Frame {
    const word = words[at]?.toUpperCase() ?? '';
    if (OTHER_FRAMES.has(word)) {
      const known = 'ICRS, FK5, FK4, GALACTIC, SUPER_GALACTIC and ECLIPTIC';
      return refuse(`REGION understands positions in ${known}, not in ${words[at]}: write '${form}'`);
    }
    const own = Object.hasOwn(FRAMES, word) ? FRAMES[word]! : null;
    if (own !== null) at++;
    if (REFERENCE_POSITIONS.has(words[at]?.toUpperCase() ?? '')) at++;
    if (words[at]?.toUpperCase() === FLAVOR) at++;
    return own ?? around;
  }

  function misplaced(word: string, form: string): never {
    return refuse(`“${word}” has no place in the region: it is written '${form}'`);
  }

  const whole = region('ICRS', 1);
  if (at < words.length) misplaced(words[at]!, formOf(words[0]!.toUpperCase()));
  return whole;
}

function isName(word: string): boolean {
  const upper = word.toUpperCase();
  return Object.hasOwn(SHAPES, upper) || Object.hasOwn(COMPOUNDS, upper);
}

function formOf(name: string): string {
  return Object.hasOwn(SHAPES, name)
    ? SHAPES[name as ShapeName].form
    : COMPOUNDS[name as keyof typeof COMPOUNDS];
}

function shapeOf(name: ShapeName, numbers: readonly number[]): Shape {
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
