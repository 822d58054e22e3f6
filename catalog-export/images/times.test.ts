import assert from 'node:assert/strict';
import test from 'node:test';
import { parseHeader } from '../../engine/fits/index.ts';
import { keywordsOf } from './keywords.ts';
import { mjdOf, timesOf } from './times.ts';

/** Of lines as they stand in a header. */
function keywords(...lines: string[]) {
  return keywordsOf([parseHeader(lines.map((line) => line.padEnd(80)).join(''))]);
}

function close(actual: number | null, expected: number, seconds = 0.001): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) * 86_400 < seconds,
    `${actual} is not ${expected}`,
  );
}

test('an exposure begins at DATE-OBS and lasts EXPTIME', () => {
  const times = timesOf(keywords("DATE-OBS= '2013-05-05T04:09:39'", 'EXPTIME =                  5.0'));
  // astropy.time.Time('2013-05-05T04:09:39').mjd
  close(times.t_min, 56417.17336805556);
  close(times.t_max, 56417.17336805556 + 5 / 86_400);
  assert.equal(times.t_exptime, 5);
});

test('MJD-OBS and MJD-END say it better', () => {
  const times = timesOf(
    keywords(
      'MJD-OBS =        51544.5',
      'MJD-END =        51544.6',
      "DATE-OBS= '1999-01-01'",
      'EXPTIME =        60',
    ),
  );
  assert.deepEqual(times, { t_min: 51544.5, t_max: 51544.6, t_exptime: 60 });
});

test('plates have a day and a time of their own, in the form before 1999, and minutes', () => {
  const times = timesOf(
    keywords(
      "DATE-OBS= '29/11/51          ' /UT date of Observation",
      "UT      = '12:07:00.00       ' /UT time of observation",
      'EXPOSURE=  5.0000000000000E+01 /Exposure time minutes',
    ),
  );
  // astropy.time.Time('1951-11-29T12:07:00').mjd
  close(times.t_min, 33979.504861111112);
  assert.equal(times.t_exptime, 3000);
  close(times.t_max, 33979.504861111112 + 3000 / 86_400);
});

test('a day without a time is any moment of it', () => {
  const times = timesOf(keywords("DATE-OBS= '2000-09-27'", 'EXPTIME = 30'));
  assert.deepEqual(times, { t_min: 51814, t_max: 51815, t_exptime: 30 });
});

test('other time scales become UTC', () => {
  // astropy.time.Time('2000-09-27T02:50:45.01', scale='tai').utc.mjd
  const tai = timesOf(
    keywords(
      "DATE-OBS= '2000-09-27'",
      "TAIHMS  = '02:50:45.01'",
      "TIMESYS = 'TAI     '",
      "EXPTIME = '53.907456'",
    ),
  );
  close(tai.t_min, 51814.11820613426);
  assert.equal(tai.t_exptime, 53.907456);
  // astropy.time.Time(57000.5, format='mjd', scale='tt').utc.mjd, and tdb to 2 ms
  close(timesOf(keywords('MJD-OBS = 57000.5', "TIMESYS = 'TT'")).t_min, 57000.49922240741);
  close(timesOf(keywords('MJD-OBS = 57000.5', "TIMESYS = 'TDB'")).t_min, 57000.49922240741, 0.003);
});

test('the middle of an exposure is as good as its beginning', () => {
  const times = timesOf(keywords('MJD-AVG = 60000.5', 'XPOSURE = 8640'));
  assert.deepEqual(times, { t_min: 60000.45, t_max: 60000.55, t_exptime: 8640 });
});

test('what is no date is unknown, and told', () => {
  for (const text of ['0000-00-00', '2013-02-30T00:00:00', 'yesterday', '2013-05-05T25:00:00']) {
    const words = keywords(`DATE-OBS= '${text}'`, 'MJD-OBS =                  0.0');
    assert.deepEqual(timesOf(words), { t_min: null, t_max: null, t_exptime: null }, text);
    assert.deepEqual(words.notes, [`DATE-OBS = '${text}' is no date`]);
  }
  const nothing = keywords('EXPTIME =                  NaN', 'OBJECT  =');
  assert.deepEqual(timesOf(nothing), { t_min: null, t_max: null, t_exptime: null });
});

test('a leap second is a second of its minute', () => {
  close(mjdOf('2016-12-31T23:59:60'), 57754);
  assert.equal(mjdOf('2016-12-31T23:59:61'), null);
});
