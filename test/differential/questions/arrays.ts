import { EXACT, type Questions, SUMS } from './question.ts';

/** Columns of arrays: whole, their elements, slices, in conditions and joined. */
export const ARRAYS: readonly Questions[] = [
  {
    about: 'arrays',
    order: 'any',
    tolerance: EXACT,
    queries: [
      'SELECT * FROM sample.photometry',
      'SELECT id, mag_auto FROM sample.photometry',
      'SELECT mag_aper, spectrum FROM sample.photometry WHERE id < 40',
      'SELECT id, mask, flags, exposures, pairs FROM sample.photometry WHERE id > 100',
      'SELECT id, place, field, outline, period FROM sample.photometry',
      'SELECT TOP 100000 id, mag_aper FROM sample.photometry WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(40, 20, 60))',
      'SELECT DISTINCT mask FROM sample.photometry',
    ],
  },
  {
    about: 'elements of arrays',
    order: 'any',
    tolerance: EXACT,
    queries: [
      'SELECT id, mag_auto[1], mag_auto[3] AS g, mag_auto[12] FROM sample.photometry',
      'SELECT id, mag_auto[jplus::rSDSS], flags[jplus::uJAVA] FROM sample.photometry',
      'SELECT id, mag_aper[1][1], mag_aper[12][8], mag_aper[2][5] AS a, mag_aper[jplus::gSDSS][3] FROM sample.photometry',
      'SELECT id, spectrum[1], spectrum[2], spectrum[50] FROM sample.photometry',
      'SELECT id, mask[2], exposures[1], pairs[1][2], pairs[3][1] FROM sample.photometry',
      'SELECT id, mag_auto[4] - mag_auto[7] AS colour, mag_auto[4] * 2, flags[3] + 1 FROM sample.photometry',
      'SELECT id FROM sample.photometry WHERE mag_auto[5] < 18 AND flags[5] = 0',
      'SELECT id FROM sample.photometry WHERE mag_aper[3][2] BETWEEN 15 AND 20 OR mag_auto[1] IS NULL',
      'SELECT id FROM sample.photometry WHERE mag_auto IS NULL',
      'SELECT id FROM sample.photometry WHERE mag_auto IS NOT NULL AND spectrum IS NULL',
      'SELECT COUNT(*) AS n FROM sample.photometry WHERE mag_auto[2] > 17',
      'SELECT flags[1], COUNT(*) AS n, MIN(mag_auto[1]) AS least FROM sample.photometry GROUP BY flags[1]',
      'SELECT COUNT(mag_auto) AS arrays, COUNT(mag_auto[1]) AS elements, COUNT(spectrum[3]) AS third FROM sample.photometry',
      'SELECT p.id, s.source_id, p.mag_auto[1] FROM sample.photometry AS p JOIN small.stars AS s ON DISTANCE(POINT(p.ra, p.dec), POINT(s.ra, s.dec)) < 3',
      'SELECT a.id, b.mag_aper FROM sample.photometry AS a JOIN sample.photometry AS b ON a.id = b.id + 1 WHERE a.flags[1] = b.flags[2]',
      'SELECT q.id, q.g FROM (SELECT id, mag_auto[3] AS g FROM sample.photometry) AS q WHERE q.g < 20',
      'SELECT q.m[3] FROM (SELECT mag_auto AS m FROM sample.photometry) AS q',
    ],
  },
  {
    about: 'slices of arrays',
    order: 'any',
    tolerance: EXACT,
    queries: [
      'SELECT id, mag_auto[2:4], mag_auto[1:12], mag_auto[12:12] FROM sample.photometry',
      'SELECT id, mag_aper[3], mag_aper[jplus::iSDSS] FROM sample.photometry',
      'SELECT id, spectrum[2:5], spectrum[1:1], exposures[2:3] FROM sample.photometry',
      'SELECT id, place[1], field[3], outline[1:2], period[2] FROM sample.photometry',
      'SELECT id, mask[1:3], flags[10:12] FROM sample.photometry WHERE id < 30',
    ],
  },
  {
    about: 'arrays in order',
    order: 'given',
    tolerance: EXACT,
    queries: [
      'SELECT id, mag_auto FROM sample.photometry ORDER BY id DESC',
      'SELECT TOP 30 id, mag_auto[3] FROM sample.photometry WHERE mag_auto[3] > 0 ORDER BY mag_auto[3], id',
    ],
  },
  {
    about: 'sums of elements of arrays',
    order: 'any',
    tolerance: SUMS,
    queries: [
      'SELECT AVG(mag_auto[1]) AS a, SUM(flags[2]) AS b, AVG(mag_aper[2][3]) AS c FROM sample.photometry WHERE mag_auto[1] < 50',
    ],
  },
];
