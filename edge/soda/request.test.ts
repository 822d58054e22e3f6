import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressParameters } from '../request/request-parameters.ts';
import { RequestError } from '../request-error.ts';
import { SeveralValuesError } from './failure.ts';
import { parseSection } from './pixel-section.ts';
import { parseCutoutRequest } from './request.ts';

const parse = (query: string) =>
  parseCutoutRequest(addressParameters(`http://vo.example/soda/sync?${query}`));

test('every parameter of SODA', () => {
  assert.deepEqual(
    parse(
      'id=ivo%3A%2F%2Fa%2Fb%3Fc&Circle=12+34+0.5&BAND=5e-7+%2BInf&TIME=55000&POL=I&pol=q&SECTION=1:5&FORMAT=png',
    ),
    {
      did: 'ivo://a/b?c',
      region: { lon: 12, lat: 34, radius: 0.5 },
      band: [5e-7, Infinity],
      time: [55000, 55000],
      polarizations: ['I', 'Q'],
      pixels: [[1, 5]],
      type: 'image/png',
      asked: ['CIRCLE=12 34 0.5', 'BAND=5e-7 +Inf', 'TIME=55000', 'POL=I', 'POL=q', 'SECTION=1:5'],
    },
  );
  const whole = parse('ID=x');
  assert.deepEqual(whole, {
    did: 'x',
    region: null,
    band: null,
    time: null,
    polarizations: null,
    pixels: null,
    type: 'application/fits',
    asked: [],
  });
  assert.equal(parse('ID=x&RESPONSEFORMAT=image/jpeg').type, 'image/jpeg');
  assert.equal(parse('ID=x&FORMAT=image/fits').type, 'application/fits');
});

test('one value of each but POL, and one region', () => {
  for (const [query, message] of [
    ['ID=a&ID=b', /^ID is given 2 times, and one request makes one cutout/],
    ['ID=a&CIRCLE=1+2+3&CIRCLE=1+2+4', /^CIRCLE is given 2 times/],
    ['ID=a&BAND=1&BAND=2&BAND=3', /^BAND is given 3 times/],
    ['ID=a&CIRCLE=1+2+3&POS=CIRCLE+1+2+3', /^CIRCLE and POS are given/],
  ] as const) {
    assert.throws(
      () => parse(query),
      (error) => error instanceof SeveralValuesError && message.test(error.message),
      query,
    );
  }
  assert.deepEqual(parse('ID=a&ID=&CIRCLE=1+2+3&POS=').region, { lon: 1, lat: 2, radius: 3 });
});

test('400: all that is wrong at once', () => {
  for (const [query, message] of [
    ['', /^ID is missing: give the obs_publisher_did of an image\.$/],
    [
      'CIRCLE=1+2',
      /^ID is missing.* CIRCLE "1 2" has 2 numbers; a circle is longitude, latitude and radius\.$/,
    ],
    ['ID=a&BAND=-2+-1', /BAND "-2 -1" holds no wavelength; give metres/],
    ['ID=a&BAND=NaN', /BAND "NaN" is not a decimal number; it must be finite/],
    ['ID=a&TIME=2+1', /TIME "2 1": the first number is above the second/],
    ['ID=a&POL=Z', /POL "Z" is none of I, Q, U, V, RR/],
    [
      'ID=a&FORMAT=image/tiff',
      /FORMAT "image\/tiff" is not offered; ask for application\/fits, image\/png, image\/jpeg/,
    ],
    ['ID=a&SECTION=5:1', /SECTION "5:1": 5 is above 1; give the first and last pixel/],
    ['ID=a&POLYGON=1+2+3+4', /POLYGON "1 2 3 4" has 4 numbers/],
  ] as const) {
    assert.throws(
      () => parse(query),
      (error) =>
        error instanceof RequestError &&
        !(error instanceof SeveralValuesError) &&
        error.status === 400 &&
        message.test(error.message),
      query,
    );
  }
});

test('sections as FITS tools write them', () => {
  assert.deepEqual(parseSection('[101:200, 51 : 150]'), {
    value: [
      [101, 200],
      [51, 150],
    ],
  });
  assert.deepEqual(parseSection('*,7'), { value: [null, [7, 7]] });
  for (const text of [
    '',
    '1:2:3',
    '-*',
    '1:2,',
    '1;2',
    '[1:2',
    'x:y',
    '0x1:2',
    '1:9999999999999999',
    '1.5:2',
  ]) {
    assert.match(
      (parseSection(text) as { fault: string }).fault,
      /is no section; give the first and last/,
      text,
    );
  }
  assert.match((parseSection('1,'.repeat(2000)) as { fault: string }).fault, /is no section|too many axes/);
});
