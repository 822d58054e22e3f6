import { EXACT, type Questions, SUMS } from './question.ts';

/** A table without positions, alone and joined with tables that have some. */
export const WITHOUT_POSITIONS: readonly Questions[] = [
  {
    about: 'a table without positions',
    order: 'any',
    tolerance: EXACT,
    queries: [
      'SELECT * FROM sample.epochs',
      'SELECT COUNT(*) FROM sample.epochs',
      'SELECT COUNT(*) AS n FROM sample.epochs WHERE mag > 10',
      'SELECT star, mag FROM sample.epochs WHERE mag > 10 AND night < 5',
      'SELECT mag FROM sample.epochs WHERE flux >= 100',
      "SELECT night, band FROM sample.epochs WHERE star = 32349 AND band <> 'g'",
      'SELECT DISTINCT band FROM sample.epochs',
      'SELECT band, COUNT(*) AS n, MIN(mag) AS least, MAX(night) AS latest FROM sample.epochs GROUP BY band',
      'SELECT star FROM sample.epochs WHERE mag IS NULL GROUP BY star HAVING COUNT(*) > 2',
      'SELECT star FROM sample.epochs WHERE night = 1 UNION SELECT star FROM sample.epochs WHERE night = 2',
      'SELECT a.star, a.night FROM sample.epochs AS a JOIN sample.epochs AS b ON a.star = b.star AND a.night = b.night + 1 AND a.band = b.band',
      'SELECT * FROM sample.epochs WHERE 1 = CONTAINS(POINT(night, night), CIRCLE(5, 5, 2))',
    ],
  },
  {
    about: 'a table without positions in order',
    order: 'given',
    tolerance: EXACT,
    queries: [
      'SELECT * FROM sample.epochs ORDER BY star, band, night',
      'SELECT TOP 20 * FROM sample.epochs ORDER BY star, band, night OFFSET 7',
      'SELECT star, COUNT(*) AS n FROM sample.epochs GROUP BY star ORDER BY star',
    ],
  },
  {
    about: 'a table without positions joined with tables that have some',
    order: 'any',
    tolerance: EXACT,
    queries: [
      'SELECT s.source_id, s.ra, s.dec, e.band, e.night, e.mag FROM small.stars AS s JOIN sample.epochs AS e ON e.star = s.source_id',
      'SELECT source_id, night FROM hipparcos.stars JOIN sample.epochs ON star = source_id WHERE vmag < 1',
      `SELECT s.source_id, e.mag FROM hipparcos.stars AS s JOIN sample.epochs AS e ON e.star = s.source_id
       WHERE 1 = CONTAINS(POINT(s.ra, s.dec), CIRCLE(101.287, -16.716, 20))`,
      `SELECT e.star, s.name FROM sample.epochs AS e LEFT JOIN small.stars AS s ON e.star = s.source_id AND s.dec > 0`,
      'SELECT s.source_id FROM sample.epochs AS e RIGHT JOIN small.stars AS s ON e.star = s.source_id AND e.night = 4',
      'SELECT e.star, e.night, s.vmag FROM small.stars AS s FULL JOIN sample.epochs AS e ON e.star = s.source_id WHERE e.night = 2 OR e.night IS NULL',
      'SELECT source_id FROM small.stars WHERE source_id IN (SELECT star FROM sample.epochs WHERE mag > 20)',
      'SELECT source_id FROM small.stars AS s WHERE NOT EXISTS (SELECT 1 FROM sample.epochs AS e WHERE e.star = s.source_id AND e.mag IS NULL)',
      `SELECT s.source_id, o.id, e.mag FROM small.stars AS s
       JOIN small.objects AS o ON DISTANCE(POINT(s.ra, s.dec), POINT(o.ra, o.dec)) < 5
       JOIN sample.epochs AS e ON e.star = s.source_id AND e.band = 'r'`,
      `WITH brightest AS (SELECT star, MIN(mag) AS mag FROM sample.epochs GROUP BY star)
       SELECT s.source_id, b.mag, s.vmag FROM small.stars AS s JOIN brightest AS b ON b.star = s.source_id
       WHERE DISTANCE(POINT(s.ra, s.dec), POINT(80, 0)) < 30`,
      'SELECT night, source_id FROM sample.epochs, small.stars WHERE star = source_id AND vmag < night / 9.',
    ],
  },
  {
    about: 'sums over a table without positions',
    order: 'any',
    tolerance: SUMS,
    queries: [
      'SELECT star, AVG(mag) AS mean, SUM(night) AS nights FROM sample.epochs GROUP BY star',
      `SELECT s.constellation, AVG(e.mag) AS mean FROM small.stars AS s JOIN sample.epochs AS e ON e.star = s.source_id
       GROUP BY s.constellation`,
    ],
  },
];
