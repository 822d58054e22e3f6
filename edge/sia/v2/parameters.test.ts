import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSettings } from '../../settings.ts';
import { MAX_REGIONS, parseImageQuery } from './parameters.ts';

const { limits } = readSettings({ MAX_RECORDS: '500', DEFAULT_RECORDS: '50' });

const parse = (parameters: Record<string, string | readonly string[]>) =>
  parseImageQuery(
    new Map(Object.entries(parameters).map(([name, value]) => [name, [value].flat()])),
    undefined,
    limits,
  );
const conditionsOf = (parameters: Parameters<typeof parse>[0]) =>
  parse({ DPTYPE: 'image', ...parameters }).conditions.filter(
    (condition) => !('column' in condition && condition.column === 'dataproduct_type'),
  );

describe('a search for images', () => {
  test('asks for images and cubes anywhere, unless more is said', () => {
    const { sky, conditions, limit, format } = parse({ NOSUCH: 'x', POS: '  ' });
    assert.equal(sky, null);
    assert.deepEqual(conditions, [
      { kind: 'text', column: 'dataproduct_type', texts: ['image', 'cube'], ignoreCase: false },
    ]);
    assert.equal(limit, 50);
    assert.equal(format.format, 'votable-tabledata');
    assert.equal(parse({ MAXREC: '100000' }).limit, 500);
    assert.equal(parse({ MAXREC: '0' }).limit, 0);
    assert.equal(parse({ RESPONSEFORMAT: 'csv' }).format.format, 'csv');
  });

  test('may name several regions', () => {
    const { sky } = parse({
      POS: ['CIRCLE 12 34 0.5', 'RANGE 12 14 34 +Inf', 'POLYGON 12 34 14 35 14 36 12 35'],
    });
    assert.deepEqual(sky, {
      test: 'overlaps',
      regions: [
        { lon: 12, lat: 34, radius: 0.5 },
        { kind: 'zone', west: 12, east: 14, south: 34, north: 90 },
        {
          kind: 'polygon',
          vertices: [
            { lon: 12, lat: 34 },
            { lon: 14, lat: 35 },
            { lon: 14, lat: 36 },
            { lon: 12, lat: 35 },
          ],
        },
      ],
    });
    assert.deepEqual(parse({ POS: 'RANGE -Inf +Inf -Inf +Inf' }).sky?.regions, [
      { kind: 'zone', west: 0, east: 360, south: -90, north: 90 },
    ]);
  });

  test('has conditions of ObsCore, each of several values', () => {
    const infinite = Number.POSITIVE_INFINITY;
    assert.deepEqual(
      conditionsOf({
        BAND: ['500e-9 550e-9', '300 +Inf'],
        TIME: '55678.123456',
        POL: ['I', 'POLI'],
        FOV: '-Inf 0.017',
        SPATRES: '0.2',
        SPECRP: '1000 +Inf',
        EXPTIME: '600 1800',
        TIMERES: '-Inf 1.0',
      }),
      [
        {
          kind: 'meets',
          low: 'em_min',
          high: 'em_max',
          intervals: [
            [500e-9, 550e-9],
            [300, infinite],
          ],
        },
        { kind: 'meets', low: 't_min', high: 't_max', intervals: [[55678.123456, 55678.123456]] },
        { kind: 'part', column: 'pol_states', texts: ['/I/', '/POLI/'] },
        { kind: 'within', column: 's_fov', intervals: [[-infinite, 0.017]] },
        { kind: 'within', column: 's_resolution', intervals: [[0.2, 0.2]] },
        { kind: 'within', column: 'em_res_power', intervals: [[1000, infinite]] },
        { kind: 'within', column: 't_exptime', intervals: [[600, 1800]] },
        { kind: 'within', column: 't_resolution', intervals: [[-infinite, 1]] },
      ],
    );
    const text = (column: string, texts: readonly string[], ignoreCase = false) => {
      return { kind: 'text', column, texts, ignoreCase };
    };
    assert.deepEqual(
      conditionsOf({
        ID: 'ivo://a/b?c',
        COLLECTION: ['A b', 'Å'],
        FACILITY: 'F',
        INSTRUMENT: 'I',
        CALIB: ['2', '3'],
        TARGET: 'M 31',
        FORMAT: 'application/x-votable xml;content=datalink',
      }),
      [
        text('obs_publisher_did', ['ivo://a/b?c'], true),
        text('obs_collection', ['A b', 'Å']),
        text('facility_name', ['F']),
        text('instrument_name', ['I']),
        {
          kind: 'within',
          column: 'calib_level',
          intervals: [
            [2, 2],
            [3, 3],
          ],
        },
        text('target_name', ['M 31']),
        text('access_format', ['application/x-votable+xml;content=datalink'], true),
      ],
    );
    assert.deepEqual(parse({ DPTYPE: 'cube' }).conditions, [text('dataproduct_type', ['cube'])]);
  });

  test('is refused with all that is wrong, and what would be right', () => {
    const refuses = (parameters: Parameters<typeof parse>[0], message: RegExp) =>
      assert.throws(() => parse(parameters), { name: 'RequestError', status: 400, message });
    for (const pos of [
      'CIRCLE 12 34',
      'CIRCLE 12 34 -1',
      'CIRCLE 12 34 NaN',
      'CIRCLE 361 0 1',
      'circle',
      'BOX 1 2 3 4',
      'RANGE 1 2 3',
      'RANGE 1 2 5 4',
      'POLYGON 1 2 3 4',
      'POLYGON 1 2 3 4 5',
      'POLYGON 1 2 3 4 5 96',
    ]) {
      refuses({ POS: ['CIRCLE 1 1 1', pos] }, /^POS ".*"[ :]/);
    }
    refuses({ POS: Array(MAX_REGIONS + 1).fill('CIRCLE 1 1 1') }, /33 times: .* up to 32 regions/);
    for (const name of ['BAND', 'TIME', 'FOV', 'SPATRES', 'SPECRP', 'EXPTIME', 'TIMERES']) {
      for (const value of ['x', '1 2 3', '2 1', 'NaN 1', '+Inf', '1,2'])
        refuses({ [name]: value }, new RegExp(`^${name} `));
    }
    refuses({ POL: 'i' }, /POL "i" is no polarization state; there are I, Q, U, V, RR/);
    refuses({ DPTYPE: 'spectrum' }, /DPTYPE "spectrum" is neither image nor cube/);
    refuses({ CALIB: '5' }, /CALIB "5" is no calibration level; there are 0, 1, 2, 3 and 4/);
    refuses({ MAXREC: '-1' }, /MAXREC "-1" is not a whole number/);
    refuses({ MAXREC: ['1', '2'] }, /MAXREC is given 2 times: give it once/);
    refuses({ RESPONSEFORMAT: 'doc' }, /RESPONSEFORMAT "doc" is not offered/);
    refuses({ BAND: 'x', CALIB: '9' }, /^BAND .*\. CALIB .*\.$/);
  });
});
