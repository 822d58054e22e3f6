import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCircle, parseInterval, parsePolygon, parsePos } from './dali-values.ts';

test('circles, ranges and polygons', () => {
  assert.deepEqual(parseCircle(' 12  34\t0.5 '), { value: { lon: 12, lat: 34, radius: 0.5 } });
  assert.deepEqual(parsePos('circle 12 -34 5e-1'), { value: { lon: 12, lat: -34, radius: 0.5 } });
  const zone = { kind: 'zone', west: 350, east: 10, south: -2, north: 2 };
  assert.deepEqual(parsePos('RANGE 350 10 -2 2'), { value: zone });
  assert.deepEqual(parsePos('RANGE -Inf +Inf 89 Inf'), {
    value: { kind: 'zone', west: 0, east: 360, south: 89, north: 90 },
  });
  const vertices = [
    { lon: 12, lat: 34 },
    { lon: 14, lat: 34 },
    { lon: 14, lat: 36 },
  ];
  assert.deepEqual(parsePos('POLYGON 12 34 14 34 14 36'), { value: { kind: 'polygon', vertices } });
  assert.deepEqual(parsePolygon('12 34 14 34 14 36'), { value: { kind: 'polygon', vertices } });
});

test('regions that are none say what would be one', () => {
  const faults: [ReturnType<typeof parsePos>, RegExp][] = [
    [parsePos(''), /"" is no region; give CIRCLE longitude latitude radius, RANGE/],
    [parsePos('BOX 1 2 3 4'), /"BOX 1 2 3 4" is no region/],
    [parsePos('CIRCLE'), /is no region/],
    [parsePos('CIRCLE 1 2'), /has 2 numbers; a circle is longitude, latitude and radius/],
    [parseCircle('1 2 3 4'), /has 4 numbers/],
    [parseCircle('NaN 2 3'), /"NaN" is not a decimal number; it must be finite/],
    [parseCircle('1 2 Inf'), /"Inf" is not a decimal number/],
    [parseCircle('1 2 1e999'), /too large/],
    [parseCircle('1 2 -1'), /the radius must be from 0 to 180 degrees/],
    [parseCircle('1 2 181'), /the radius must be/],
    [parseCircle('-1 2 1'), /longitudes must be from 0 to 360 degrees/],
    [parseCircle('1 91 1'), /latitudes must be from -90 to 90 degrees/],
    [parseCircle('12:30:00 2 1'), /give degrees as a decimal number/],
    [parsePolygon('1 2 3 4'), /has 4 numbers; a polygon is longitude and latitude of three vertices or more/],
    [parsePolygon('1 2 3 4 5 6 7'), /has 7 numbers/],
    [parsePolygon('1 2 3 4 5 96'), /latitudes must be/],
    [parsePos('RANGE 1 2 3'), /has 3 numbers; a range is/],
    [parsePos('RANGE 1 2 4 3'), /latitude1 is above latitude2/],
    [parsePos('RANGE 1 361 3 4'), /longitudes must be/],
  ];
  for (const [parsed, message] of faults) assert.match('fault' in parsed ? parsed.fault : '', message);
});

test('intervals may be open, and one number is one', () => {
  assert.deepEqual(parseInterval('500 550'), { value: [500, 550] });
  assert.deepEqual(parseInterval('-Inf 300'), { value: [-Infinity, 300] });
  assert.deepEqual(parseInterval('750 +inf'), { value: [750, Infinity] });
  assert.deepEqual(parseInterval('5e-7'), { value: [5e-7, 5e-7] });
  const faults: [string, RegExp][] = [
    ['', /has 0 numbers; an interval is two/],
    ['1 2 3', /has 3 numbers/],
    ['2 1', /the first number is above the second/],
    ['NaN 1', /"NaN" is not a decimal number/],
    ['1/2', /"1\/2" is not a decimal number/],
    ['Inf', /holds no number/],
    ['-Inf -Inf', /holds no number/],
  ];
  for (const [text, message] of faults) {
    const parsed = parseInterval(text);
    assert.match('fault' in parsed ? parsed.fault : '', message);
  }
});
