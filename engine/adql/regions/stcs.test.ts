import assert from 'node:assert/strict';
import test from 'node:test';
import type { Shape, ShapePoint } from './shape.ts';
import { parseStcs } from './stcs.ts';

const POSITION = { start: 40, end: 60, line: 2, column: 7 };
const region = (text: string) => parseStcs({ kind: 'text', text, position: POSITION });

test('understands the shapes of STC-S in degrees ICRS', () => {
  for (const [text, shape] of [
    ['Position ICRS 10 -20', { kind: 'point', lon: 10, lat: -20 }],
    ['Circle ICRS 10 20 0.5', { kind: 'circle', lon: 10, lat: 20, radius: 0.5 }],
    ['  CIRCLE\ticrs  GEOCENTER\nSPHERICAL2 1e1 +20. .5 ', { kind: 'circle', lon: 10, lat: 20, radius: 0.5 }],
    ['circle UNKNOWNFrame 10 20 0', { kind: 'circle', lon: 10, lat: 20, radius: 0 }],
    ['Circle BARYCENTER 370 20 180', { kind: 'circle', lon: 370, lat: 20, radius: 180 }],
    ['Box 10 20 3 4', { kind: 'box', lon: 10, lat: 20, width: 3, height: 4 }],
    [
      'Polygon ICRS 1 2 3 4 -5 6',
      {
        kind: 'polygon',
        vertices: [
          { lon: 1, lat: 2 },
          { lon: 3, lat: 4 },
          { lon: -5, lat: 6 },
        ],
      },
    ],
  ] as const) {
    assert.deepEqual(region(text), shape, text);
  }
});

test('understands what regions are made of', () => {
  const circle = (lon: number) => ({ kind: 'circle', lon, lat: 2, radius: 3 });
  for (const [text, made] of [
    ['Union ICRS (Circle 1 2 3 Circle 4 2 3)', { kind: 'union', parts: [circle(1), circle(4)] }],
    ['Intersection(Circle 1 2 3 Circle 4 2 3)', { kind: 'intersection', parts: [circle(1), circle(4)] }],
    ['NOT FK5 GEOCENTER SPHERICAL2 ( Circle ICRS 1 2 3 )', { kind: 'not', part: circle(1) }],
    ['Union (Circle 1 2 3)', circle(1)],
    [
      'Union (Not (Circle 1 2 3) Intersection (Circle 4 2 3 Circle 5 2 3))',
      {
        kind: 'union',
        parts: [
          { kind: 'not', part: circle(1) },
          { kind: 'intersection', parts: [circle(4), circle(5)] },
        ],
      },
    ],
  ] as const) {
    assert.deepEqual(region(text), made, text);
  }
});

/** By astropy: `SkyCoord(l=1 * u.deg, b=2 * u.deg, frame='galactic').icrs`, and the corners by `skyoffset_frame`. */
const FROM_ASTROPY = [
  ['Position GALACTIC 1 2', [[265.07333228052323, -27.034336699804985]]],
  ['circle J2000 1 2 3', [[0.9999934443434744, 1.9999975690802312]]],
  ['Position B1950 1 2', [[1.6409186712226833, 2.2783342156691817]]],
  ['Position SUPER_GALACTIC 1 2', [[39.89042634200805, 61.42021270782608]]],
  ['Position ECLIPTIC 1 2', [[0.1215725535680102, 2.2326757543296516]]],
  [
    'Box GALACTIC 120 40 10 6',
    [
      [229.2277637900178, 77.5717350607212],
      [177.58140668951032, 79.89586040213706],
      [182.4704719174611, 74.01615550329863],
      [217.17023096198452, 72.44257696220696],
    ],
  ],
] as const;

test('gives shapes of other frames in ICRS, as astropy turns them', () => {
  for (const [text, wanted] of FROM_ASTROPY) {
    const shape = region(text) as Shape;
    const found = shape.kind === 'polygon' ? shape.vertices : [shape as ShapePoint];
    assert.equal(found.length, wanted.length);
    for (const [nth, [lon, lat]] of wanted.entries()) {
      assert.ok(Math.abs(found[nth]!.lon - lon) < 1e-11, `${text}: ${found[nth]!.lon}`);
      assert.ok(Math.abs(found[nth]!.lat - lat) < 1e-11, `${text}: ${found[nth]!.lat}`);
    }
  }
  assert.equal((region('Circle GALACTIC 1 2 3') as Shape & { kind: 'circle' }).radius, 3);
  assert.deepEqual(region('Not GALACTIC (Position 1 2)'), {
    kind: 'not',
    part: region('Position GALACTIC 1 2'),
  });
});

test('says what is wrong with anything else, and where', () => {
  for (const [text, problem] of [
    ['', /^REGION understands Position, Circle, Box and Polygon in STC-S, such as .*, not “”/],
    ['Ellipse ICRS 1 2 3 4 5', /not “ELLIPSE”/],
    ['constructor 1 2 3', /not “CONSTRUCTOR”/],
    ['Circle GEO_C 1 2 3', /positions in ICRS, FK5, .*, not in GEO_C: write 'Circle ICRS lon lat radius'/],
    ['Union (Circle 1 2 3 Circle GEO_D 1 2 3)', /not in GEO_D/],
    ['Union ICRS Circle 1 2 3', /UNION is followed by its parts in parentheses: 'Union ICRS \(Circle/],
    ['Union ICRS ()', /UNION has no parts/],
    ['Intersection (Circle 1 2 3 Circle 4 5 6', /A parenthesis of the region is not closed/],
    ['Intersection (Circle 1 2 3))', /“\)” has no place in the region: it is written 'Intersection ICRS/],
    ['Not (Circle 1 2 3 Circle 4 5 6)', /NOT has one part, not 2/],
    ['Union (Circle 1 2 Circle 4 5 6)', /has 2 number\(s\): it is written 'Circle/],
    ['Union (Circle 1 2 3 4)', /has 4 number\(s\): it is written 'Circle/],
    ['Union (Circle 1 2 3 Ellipse 4)', /not “ELLIPSE”/],
    ['Union (Not (Ellipse 4))', /not “ELLIPSE”/],
    [`${'Not ('.repeat(30)}Circle 1 2 3${')'.repeat(30)}`, /at most 20 levels of parentheses/],
    [`Union (${'Position 1 2 '.repeat(1001)})`, /at most 1000 shapes/],
    ['Circle ICRS 1 2', /has 2 number\(s\): it is written 'Circle ICRS lon lat radius'/],
    ['Circle ICRS', /has 0 number/],
    ['Polygon ICRS 1 2 3 4 5', /has 5 number\(s\): it is written 'Polygon/],
    ['Circle ICRS 1 2 3x', /“3x” has no place/],
    ['Circle ICRS 1 2 Infinity', /“Infinity” has no place/],
    ['Circle ICRS 1 2 1e999', /“1e999” has no place/],
    ['Circle ICRS 1 2 3 unit deg', /“unit” has no place/],
    ["Circle ICRS 1 2 3'; DROP", /“3';” has no place/],
    [
      'Circle ICRS 20 100 1',
      /A latitude lies between -90 and 90 degrees: is it given before the longitude\?/,
    ],
    ['Polygon 1 2 3 4 5 -91', /A latitude/],
    ['Circle ICRS 1 2 -3', /A radius lies between 0 and 180/],
    ['Circle ICRS 1 2 181', /A radius/],
    ['Box ICRS 1 2 180 4', /A width is less than 180 degrees, and not negative/],
    ['Box ICRS 1 2 3 -1', /A height is less than 180 degrees/],
  ] as const) {
    assert.throws(() => region(text), {
      name: 'AdqlCheckError',
      message: problem,
      line: 2,
      column: 7,
      offset: 40,
    });
  }
});
