import assert from 'node:assert/strict';
import test from 'node:test';
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

test('says what is wrong with anything else, and where', () => {
  for (const [text, problem] of [
    ['', /^REGION understands Position, Circle, Box and Polygon in STC-S, such as .*, not “”/],
    ['Ellipse ICRS 1 2 3 4 5', /not “ELLIPSE”/],
    ['Union ICRS (Circle 1 2 3 Circle 4 5 6)', /not “UNION”/],
    ['constructor 1 2 3', /not “CONSTRUCTOR”/],
    ['Circle GALACTIC 1 2 3', /positions in ICRS, not in GALACTIC: write 'Circle ICRS lon lat radius'/],
    ['Circle FK5 1 2 3', /not in FK5/],
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
