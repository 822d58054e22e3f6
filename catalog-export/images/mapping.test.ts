import assert from 'node:assert/strict';
import test from 'node:test';
import { parseHeader } from '../../engine/fits/index.ts';
import { keywordsOf } from './keywords.ts';
import { mappedValues, NO_MAPPING, parseMapping, readMapping, stem, withValues } from './mapping.ts';

const HEADER = ["OBJECT  = 'M 31'", "FIELD   = '0012'", 'EXPMIN  =                  2.5', "FILTER  = 'g'"];
const keywords = keywordsOf([parseHeader(HEADER.map((line) => line.padEnd(80)).join(''))]);

function mapped(mapping: object, file = 'night1/m31_g.fits') {
  return mappedValues(parseMapping(JSON.stringify(mapping)), file, keywords);
}

test('values are constants, keywords and texts with keywords', () => {
  const { instead, otherwise } = mapped({
    defaults: { calib_level: 3, target_class: null },
    values: {
      facility_name: 'OAJ',
      target_name: { keyword: ['TARGET', 'OBJECT'] },
      t_exptime: { keyword: 'EXPMIN', times: 60 },
      obs_title: '{OBJECT} in {FILTER}, {FILE}',
      t_min: '2026-11-21T12:00:00',
      instrument_name: { keyword: 'CAMERA' },
      o_unit: '{BUNIT} per pixel',
    },
  });
  assert.deepEqual(instead, {
    facility_name: 'OAJ',
    target_name: 'M 31',
    t_exptime: 150,
    obs_title: 'M 31 in g, m31_g',
    // astropy.time.Time('2026-11-21T12:00:00').mjd
    t_min: 61365.5,
  });
  assert.deepEqual(otherwise, { calib_level: 3, target_class: null });
});

test('files of a pattern have values of their own, the last before the others, and flags before all', () => {
  const mapping = parseMapping(
    JSON.stringify({
      values: { obs_title: 'all', em_filter_name: 'r' },
      files: { '*_g.fits': { em_filter_name: 'g' }, 'night1/**': { obs_title: 'first night' } },
    }),
  );
  const of = (file: string) => mappedValues(mapping, file, keywords).instead;
  assert.deepEqual(of('night1/m31_g.fits'), { obs_title: 'first night', em_filter_name: 'g' });
  assert.deepEqual(of('night2/m31_g.fits'), { obs_title: 'all', em_filter_name: 'g' });
  assert.deepEqual(of('m31_r.fits'), { obs_title: 'all', em_filter_name: 'r' });
  const flags = withValues(mapping, { obs_title: '{OBJECT} again' });
  assert.equal(mappedValues(flags, 'night1/m31_g.fits', keywords).instead.obs_title, 'M 31 again');
  assert.deepEqual(mappedValues(NO_MAPPING, 'a.fits', keywords), { instead: {}, otherwise: {} });
});

test('bands of filters are given in metres', () => {
  const { filters } = parseMapping('{"filters": {"Ha": [6.5e-7, 6.6e-7]}}');
  assert.deepEqual(filters.get('Ha'), { name: 'Ha', min: 6.5e-7, max: 6.6e-7 });
});

test("a file's name without its endings identifies it", () => {
  for (const name of ['m31.fits', 'a/m31.FIT', 'm31.fits.fz', 'm31.fz', 'm31.fts.gz', 'm31']) {
    assert.equal(stem(name), 'm31', name);
  }
});

const WRONG: readonly (readonly [mapping: string, message: RegExp])[] = [
  ['{"values": ', /it is not JSON/],
  ['[]', /the mapping: it has to be an object/],
  ['{"value": {}}', /"value" is not one of its parts: collection, defaults, values, files, filters/],
  ['{"collection": "../x"}', /"\.\.\/x" is no name of a collection.*survey\.dr1/],
  ['{"values": {"filter": "g"}}', /values: "filter" is no column that can be mapped: obs_id, /],
  ['{"values": {"targetname": "g"}}', /values: "targetname" is no column that can be mapped; target_name\?/],
  ['{"values": {"s_ra": 1}}', /"s_ra" is no column that can be mapped/],
  ['{"values": {"calib_level": 5}}', /values, calib_level: .* 5: it has to be a calibration level, 0 to 4/],
  ['{"values": {"t_min": "soon"}}', /t_min.*"soon": it has to be an MJD or a date, such as/],
  ['{"values": {"t_exptime": "long"}}', /t_exptime.*it has to be a number/],
  ['{"values": {"obs_release_date": "2027"}}', /it has to be a date, such as 2027-01-31/],
  ['{"values": {"target_name": true}}', /values, target_name: it has to be an object/],
  [
    '{"values": {"target_name": {"key": "A"}}}',
    /it has to be a text, a number, null or \{"keyword": "NAME"\}/,
  ],
  ['{"values": {"target_name": {"keyword": "A", "plus": 1}}}', /beside "keyword" there may be "times"/],
  ['{"files": {"*.fits": {"x": 1}}}', /files, \*\.fits: "x" is no column/],
  ['{"filters": {"Ha": [6500, 6600]}}', /filters, Ha: it has to be .*in metres/],
  ['{"filters": {"Ha": [7e-7, 6e-7]}}', /filters, Ha: it has to be the shortest and the longest wavelength/],
  ['{"filters": {"Ha": "red"}}', /filters, Ha: .*such as \[3\.7e-7, 3\.9e-7\]/],
];

for (const [mapping, message] of WRONG) {
  test(`refuses ${mapping}`, () => {
    assert.throws(() => parseMapping(mapping), { message });
  });
}

test('a value that is none of its column is told with what the header has', () => {
  const wrong = { values: { t_exptime: { keyword: 'OBJECT' } } };
  assert.throws(() => mapped(wrong), /makes t_exptime "M 31": it has to be a number/);
});

test('names the file that cannot be read', async () => {
  await assert.rejects(
    readMapping('/nowhere/mapping.json'),
    /\/nowhere\/mapping\.json: there is no such file/,
  );
});
