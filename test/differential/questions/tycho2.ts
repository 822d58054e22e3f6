import { ANGLES, EXACT, type Questions, SUMS } from './question.ts';

/** 1.9 million stars, from ALMAGEST_TEST_DATA. */
export const TYCHO2: readonly Questions[] = [
  {
    about: 'Tycho-2: rows',
    order: 'any',
    tolerance: EXACT,
    queries: [
      'SELECT * FROM tycho2.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(56.75, 24.12, 1))',
      'SELECT * FROM tycho2.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(0.01, -0.5, 0.3))',
      'SELECT source_id FROM tycho2.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(120, 89.5, 2))',
      'SELECT source_id FROM tycho2.stars WHERE 1 = CONTAINS(POINT(ra, dec), POLYGON(80, -5, 86, -6, 87, 3, 81, 2)) AND vt_mag < 10',
      'SELECT source_id FROM tycho2.stars WHERE 1 = CONTAINS(POINT(ra, dec), BOX(266, -29, 3, 2))',
      'SELECT source_id, vt_mag FROM tycho2.stars WHERE vt_mag < 4',
      'SELECT source_id, ra + dec, vt_mag * 2 FROM tycho2.stars WHERE DISTANCE(ra, dec, 187, 12) < 2',
      'SELECT source_id FROM tycho2.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(10, 10, 1)) OR 1 = CONTAINS(POINT(ra, dec), CIRCLE(200, -60, 1))',
      'SELECT source_id FROM tycho2.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(10, 10, 2)) AND 0 = CONTAINS(POINT(ra, dec), CIRCLE(10, 10, 1))',
      'SELECT source_id FROM tycho2.stars WHERE ra BETWEEN 100 AND 100.5 AND dec BETWEEN -10 AND 10',
      'SELECT COUNT(*) FROM tycho2.stars WHERE vt_mag IS NULL',
      'SELECT COUNT(*) FROM tycho2.stars WHERE vt_mag BETWEEN 8 AND 9 AND dec > 0',
      'SELECT ivo_healpix_index(5, ra, dec) AS hpx, COUNT(*) FROM tycho2.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(56.75, 24.12, 5)) GROUP BY hpx',
      'SELECT t.source_id, h.source_id FROM hipparcos.stars AS h JOIN tycho2.stars AS t ON DISTANCE(t.ra, t.dec, h.ra, h.dec) < 0.0003 WHERE 1 = CONTAINS(POINT(h.ra, h.dec), CIRCLE(56.75, 24.12, 5)) AND 1 = CONTAINS(POINT(t.ra, t.dec), CIRCLE(56.75, 24.12, 5.1))',
      'SELECT t.source_id, o.id FROM dso.objects AS o JOIN tycho2.stars AS t ON 1 = CONTAINS(POINT(t.ra, t.dec), CIRCLE(o.ra, o.dec, 0.05)) WHERE 1 = CONTAINS(POINT(o.ra, o.dec), CIRCLE(187, 12, 6))',
      'SELECT a.source_id, b.source_id FROM tycho2.stars AS a JOIN tycho2.stars AS b ON 1 = CONTAINS(POINT(a.ra, a.dec), CIRCLE(b.ra, b.dec, 0.003)) WHERE a.source_id < b.source_id AND 1 = CONTAINS(POINT(a.ra, a.dec), CIRCLE(83.8, -5.4, 2)) AND 1 = CONTAINS(POINT(b.ra, b.dec), CIRCLE(83.8, -5.4, 2.01))',
      'SELECT source_id FROM tycho2.stars WHERE vt_mag = (SELECT MIN(vt_mag) FROM tycho2.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(56.75, 24.12, 1)))',
      'SELECT source_id FROM tycho2.stars WHERE source_id IN (SELECT MIN(source_id) FROM tycho2.stars)',
      'SELECT source_id FROM tycho2.stars WHERE vt_mag < 2 UNION SELECT source_id FROM hipparcos.stars WHERE vmag < 1',
    ],
  },
  {
    about: 'Tycho-2: groups',
    order: 'any',
    tolerance: SUMS,
    queries: [
      'SELECT COUNT(*), MIN(vt_mag), MAX(vt_mag), AVG(vt_mag) FROM tycho2.stars',
      'SELECT FLOOR(vt_mag) AS bin, COUNT(*) FROM tycho2.stars GROUP BY bin',
      'SELECT FLOOR(ra / 30) AS h, FLOOR(dec / 30) AS band, COUNT(*), AVG(vt_mag) FROM tycho2.stars GROUP BY h, band',
      'SELECT ROUND(vt_mag, 1) AS m, COUNT(*) AS n FROM tycho2.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(266, -29, 8)) GROUP BY ROUND(vt_mag, 1) HAVING COUNT(*) > 10',
    ],
  },
  {
    about: 'Tycho-2: in order',
    order: 'given',
    tolerance: ANGLES,
    queries: [
      'SELECT TOP 50 source_id, vt_mag FROM tycho2.stars ORDER BY vt_mag, source_id',
      'SELECT TOP 100 source_id, DISTANCE(ra, dec, 56.75, 24.12) AS d FROM tycho2.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(56.75, 24.12, 1)) ORDER BY d, source_id',
      'SELECT TOP 20 source_id FROM tycho2.stars WHERE dec < -80 ORDER BY source_id DESC OFFSET 10',
    ],
  },
];
