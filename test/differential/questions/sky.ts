import { ANGLES, ANTIPODES, EXACT, LIBRARY, type Questions } from './question.ts';

const CIRCLE = 'CIRCLE(83.8, -1.2, 12)';
const POLE = 'CIRCLE(10, 88, 9)';
const WRAP = 'CIRCLE(359.5, 4, 11)';
const POLYGON = 'POLYGON(70, -15, 100, -18, 95, 22, 74, 18)';
const WRAPPED = 'POLYGON(340, -20, 15, -25, 20, 30, 350, 25)';
const BOX = 'BOX(84, 0, 20, 30)';
const HIGH_BOX = 'BOX(30, 80, 15, 12)';
const REGIONS = { CIRCLE, POLE, WRAP, POLYGON, WRAPPED, BOX, HIGH_BOX };
const regions = Object.values(REGIONS);

/** Each kind of region as a value of a row. */
const OWN = [
  'POINT(ra, dec)',
  'CIRCLE(ra, dec, 3)',
  'BOX(ra, dec, 4, 3)',
  'POLYGON(ra - 2, dec - 1.5, ra + 2, dec - 1.5, ra + 1, dec + 2)',
];

/** Regions of several shapes, in STC-S. */
const MADE = [
  'Union ICRS (Circle 83.8 -1.2 6 Box 100 10 8 6 Polygon 340 -20 15 -25 20 30 350 25)',
  'Intersection (Circle 83.8 -1.2 12 Not (Circle 83.8 -1.2 8))',
  'Not (Union (Circle 83.8 -1.2 60 Polygon 200 -80 300 -70 250 60))',
  'Union GALACTIC (Circle 0 90 10 Box 30 10 20 12 Not ICRS (Circle 120 20 150))',
  'Intersection FK5 BARYCENTER (Union (Circle 80 0 9 Circle 90 0 9) Not (Position 85 0) Polygon FK4 70 -15 100 -18 95 22 74 18)',
];
const region = (text: string) => `REGION('${text}')`;
/** Those whose relation with a shape is told by their parts. */
const WITHOUT_INTERSECTION = [
  'Union (Circle 83.8 -1.2 6 Box 100 10 8 6)',
  'Not (Circle 83.8 -1.2 30)',
  'Not GALACTIC (Polygon 340 -20 15 -25 20 30 350 25)',
  'Union (Circle 10 80 5 Not (Box 180 0 120 100))',
];

/** Geometry. */
export const SKY: readonly Questions[] = [
  {
    about: 'positions in regions',
    order: 'any',
    tolerance: EXACT,
    queries: [
      ...regions.map(
        (region) =>
          `SELECT source_id, vmag FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), ${region})`,
      ),
      ...regions.map(
        (region) =>
          `SELECT COUNT(*) FROM hipparcos.stars WHERE CONTAINS(POINT('ICRS', ra, dec), ${region}) = 0`,
      ),
      ...regions.map(
        (region) => `SELECT id FROM sample.things WHERE 1 = INTERSECTS(${region}, POINT(ra, dec))`,
      ),
      `SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), ${CIRCLE}) OR 1 = CONTAINS(POINT(ra, dec), ${WRAP})`,
      `SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), ${CIRCLE}) AND 1 = CONTAINS(POINT(ra, dec), ${POLYGON})`,
      `SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), ${CIRCLE}) AND NOT 1 = CONTAINS(POINT(ra, dec), CIRCLE(83.8, -1.2, 6))`,
      `SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), ${CIRCLE}) AND 0 = CONTAINS(POINT(ra, dec), ${POLYGON}) AND vmag < 8`,
      `SELECT source_id FROM hipparcos.stars WHERE CONTAINS(POINT(ra, dec), ${CIRCLE}) <> 0 AND CONTAINS(POINT(ra, dec), ${BOX}) + CONTAINS(POINT(ra, dec), ${POLYGON}) = 1`,
      `SELECT source_id FROM small.stars WHERE CONTAINS(POINT(ra, dec), ${CIRCLE}) = CONTAINS(POINT(ra, dec), ${BOX})`,
      'SELECT source_id FROM hipparcos.stars WHERE DISTANCE(POINT(ra, dec), POINT(83.8, -1.2)) < 5',
      'SELECT source_id FROM hipparcos.stars WHERE DISTANCE(ra, dec, 83.8, -1.2) <= 5',
      'SELECT source_id FROM hipparcos.stars WHERE 5 >= DISTANCE(83.8, -1.2, ra, dec)',
      'SELECT source_id FROM hipparcos.stars WHERE DISTANCE(ra, dec, 0, 90) < 3 OR DISTANCE(ra, dec, 0, -90) < 3',
      'SELECT source_id FROM small.stars WHERE DISTANCE(ra, dec, 180, 0) > 90',
      'SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(101.287, -16.716, 0.1))',
      'SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(101.287, -16.716, 0))',
      'SELECT COUNT(*) FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(101.287, -16.716, 100))',
      'SELECT COUNT(*) FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(101.287, -16.716, 180))',
      "SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), REGION('Circle ICRS 83.8 -1.2 3'))",
      'SELECT id FROM dso.objects WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(187, 12, 5))',
      'SELECT type, COUNT(*) FROM dso.objects WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(187, 12, 5)) GROUP BY type',
      'SELECT id FROM sample.things WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(ra, dec, radius))',
      'SELECT id FROM sample.things WHERE 1 = CONTAINS(POINT(flux, 0), CIRCLE(0, 0, 90))',
      'SELECT id FROM sample.things WHERE 1 = CONTAINS(POINT(10, 20), CIRCLE(ra, dec, 40))',
      'SELECT id, CONTAINS(POINT(ra, dec), CIRCLE(180, 0, 90)), INTERSECTS(POINT(ra, dec), POINT(ra, dec)) FROM sample.things',
      'SELECT COORD1(p), COORD2(p) FROM (SELECT POINT(ra, dec) AS p FROM small.stars) AS q WHERE 1 = CONTAINS(p, CIRCLE(90, 0, 60))',
      'SELECT q.source_id FROM (SELECT source_id, ra, dec FROM hipparcos.stars WHERE vmag < 6) AS q WHERE 1 = CONTAINS(POINT(q.ra, q.dec), CIRCLE(83.8, -1.2, 15))',
      'WITH near AS (SELECT * FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(83.8, -1.2, 5))) SELECT n.source_id FROM near AS n WHERE n.vmag < 7',
      'SELECT TOP 10 source_id, vmag FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(83.8, -1.2, 10)) ORDER BY vmag, source_id',
      'SELECT source_id FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(40, -170 + 160, 1)) UNION SELECT source_id FROM hipparcos.stars WHERE DISTANCE(ra, dec, 200, 10) < 2',
    ],
  },
  {
    about: 'regions of several shapes',
    order: 'any',
    tolerance: EXACT,
    queries: [
      ...MADE.flatMap((text) => [
        `SELECT source_id, vmag FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), ${region(text)})`,
        `SELECT id, INTERSECTS(${region(text)}, POINT(ra, flux)) FROM sample.things`,
      ]),
      ...WITHOUT_INTERSECTION.flatMap((text) =>
        OWN.flatMap((own) => [
          `SELECT source_id FROM small.stars WHERE 1 = INTERSECTS(${own}, ${region(text)})`,
          `SELECT source_id FROM small.stars WHERE 0 = INTERSECTS(${region(text)}, ${own})`,
        ]),
      ),
      ...['Not (Circle 83.8 -1.2 30)', 'Intersection (Circle 83.8 -1.2 40 Not (Box 84 0 20 30))'].flatMap(
        (text) => OWN.map((own) => `SELECT source_id, CONTAINS(${own}, ${region(text)}) FROM small.stars`),
      ),
      `SELECT id FROM sample.things WHERE 1 = CONTAINS(${region('Union (Position 84 0 Circle 90 0 3)')}, CIRCLE(ra, dec, radius))`,
      `SELECT id FROM sample.things WHERE 1 = CONTAINS(${region('Not (Circle 84 0 100)')}, CIRCLE(ra, dec, radius * 40))`,
      `SELECT id, CONTAINS(CIRCLE(ra, dec, flux), ${region('Not (Circle 84 0 10)')}) FROM sample.things`,
      `SELECT COUNT(*) FROM small.stars WHERE 1 = CONTAINS(${region('Position 1 2')}, ${region('Union GALACTIC (Circle 100 -60 9 Circle ICRS 1 3 2)')})`,
      `SELECT COUNT(*) FROM small.stars WHERE 1 = INTERSECTS(${region('Not (Circle 0 0 170)')}, ${region('Not (Circle 180 0 170)')})`,
      `SELECT COUNT(*) FROM small.stars WHERE 1 = INTERSECTS(${region('Intersection (Circle 10 0 2 Circle 12 0 2)')}, ${region('Box 11 1.5 1 1')})`,
      `SELECT COUNT(*) FROM small.stars WHERE 1 = CONTAINS(${region('Intersection (Circle 10 0 2 Circle 12 0 2)')}, ${region('Circle 11 0 1.7')})`,
      "SELECT source_id FROM small.stars WHERE 1 = CONTAINS(POINT(ra, dec), REGION('Box GALACTIC 200 -20 40 30'))",
      `SELECT source_id FROM small.stars WHERE 1 = CONTAINS(POINT(${'SQRT('.repeat(6)}POWER(ra, 64)${')'.repeat(6)}, CASE WHEN vmag + bv + ra + dec > 1000 THEN dec - 1 WHEN vmag - bv * ra / 2 + dec > 2000 THEN dec - 2 ELSE dec END), ${region(MADE[0]!)})`,
      'SELECT * FROM (SELECT constellation, vmag FROM small.stars) AS q GROUP BY vmag, constellation',
      'SELECT q.*, COUNT(*) FROM (SELECT constellation FROM hipparcos.stars) AS q GROUP BY constellation',
    ],
  },
  {
    about: 'regions and regions',
    order: 'any',
    tolerance: EXACT,
    queries: [
      ...OWN.flatMap((own) =>
        [CIRCLE, POLYGON, BOX, WRAP].map(
          (region) => `SELECT source_id FROM small.stars WHERE 1 = INTERSECTS(${own}, ${region})`,
        ),
      ),
      ...OWN.flatMap((own) =>
        [CIRCLE, POLYGON, WRAPPED].map(
          (region) => `SELECT source_id FROM small.stars WHERE 1 = CONTAINS(${own}, ${region})`,
        ),
      ),
      ...OWN.flatMap((a, nth) =>
        OWN.slice(nth).map(
          (b) =>
            `SELECT a.id, b.id FROM sample.things AS a JOIN sample.things AS b ON b.id BETWEEN a.id + 1 AND a.id + 2 WHERE 1 = INTERSECTS(${a.replaceAll(
              /\b(ra|dec)\b/g,
              'a.$&',
            )}, ${b.replaceAll(/\b(ra|dec)\b/g, 'b.$&')})`,
        ),
      ),
      'SELECT id FROM sample.things WHERE 1 = CONTAINS(CIRCLE(ra, dec, 1), CIRCLE(ra, dec, radius))',
      'SELECT id FROM sample.things WHERE 0 = INTERSECTS(CIRCLE(ra, dec, radius), CIRCLE(180, 0, 60))',
    ],
  },
  {
    about: 'neighbours',
    order: 'any',
    tolerance: ANGLES,
    queries: [
      'SELECT s.source_id, o.id FROM hipparcos.stars AS s JOIN dso.objects AS o ON 1 = CONTAINS(POINT(s.ra, s.dec), CIRCLE(o.ra, o.dec, 0.02))',
      'SELECT s.source_id, o.id FROM hipparcos.stars AS s JOIN dso.objects AS o ON DISTANCE(s.ra, s.dec, o.ra, o.dec) < 0.02',
      'SELECT s.source_id, o.id, DISTANCE(POINT(s.ra, s.dec), POINT(o.ra, o.dec)) AS d FROM hipparcos.stars AS s, dso.objects AS o WHERE DISTANCE(POINT(s.ra, s.dec), POINT(o.ra, o.dec)) <= 0.03 AND s.vmag < 9',
      'SELECT a.source_id, b.source_id FROM hipparcos.stars AS a JOIN hipparcos.stars AS b ON DISTANCE(a.ra, a.dec, b.ra, b.dec) < 0.01 AND a.source_id < b.source_id',
      'SELECT s.source_id, o.id FROM small.stars AS s LEFT JOIN small.objects AS o ON 1 = CONTAINS(POINT(o.ra, o.dec), CIRCLE(s.ra, s.dec, 3))',
      'SELECT s.source_id, COUNT(o.id) FROM small.stars AS s LEFT JOIN dso.objects AS o ON DISTANCE(s.ra, s.dec, o.ra, o.dec) < 1 GROUP BY s.source_id',
      'SELECT o.id FROM small.objects AS o WHERE EXISTS (SELECT 1 FROM small.stars AS s WHERE DISTANCE(s.ra, s.dec, o.ra, o.dec) < 5)',
      'SELECT o.id, (SELECT MIN(DISTANCE(s.ra, s.dec, o.ra, o.dec)) FROM small.stars AS s) AS nearest FROM small.objects AS o',
      'SELECT a.id, b.id FROM sample.things AS a JOIN sample.things AS b ON 1 = CONTAINS(POINT(a.ra, a.dec), CIRCLE(b.ra, b.dec, b.radius))',
      'SELECT h.source_id, s.source_id FROM small.stars AS s JOIN hipparcos.stars AS h ON 1 = CONTAINS(POINT(h.ra, h.dec), CIRCLE(s.ra, s.dec, 0.2)) WHERE h.source_id <> s.source_id AND 1 = CONTAINS(POINT(s.ra, s.dec), CIRCLE(83.8, -1.2, 40))',
      'SELECT s.source_id, o.id FROM hipparcos.stars AS s JOIN dso.objects AS o ON 1 = INTERSECTS(POINT(s.ra, s.dec), CIRCLE(o.ra, o.dec, 0.01)) WHERE s.bv > 1',
    ],
  },
  {
    about: 'angles and geometries as values',
    order: 'any',
    tolerance: ANGLES,
    queries: [
      'SELECT source_id, DISTANCE(ra, dec, 83.8, -1.2), DISTANCE(POINT(ra, dec), POINT(263.8, 1.2)) FROM small.stars',
      'SELECT source_id, DISTANCE(ra, dec, ra, dec), DISTANCE(ra, dec, ra + 360, dec) FROM small.stars',
      'SELECT DISTANCE(0, 0, 0, 1), DISTANCE(0, 90, 180, 90), DISTANCE(0, -90, 0, 90), DISTANCE(0, 0, 1e-9, 0) FROM sample.things WHERE id = 1',
      'SELECT id, DISTANCE(ra, dec, flux, 0), DISTANCE(ra, dec, 0, total) FROM sample.things WHERE total BETWEEN -90 AND 90 OR id < 30',
      'SELECT source_id, POINT(ra, dec), POINT(dec, 0), CIRCLE(ra, dec, 1), CIRCLE(POINT(ra, dec), vmag + 2) FROM small.stars',
      "SELECT source_id, POINT('ICRS', ra, dec), CIRCLE('ICRS', ra, dec, 1) FROM small.stars",
      'SELECT source_id, BOX(ra, dec, 1, 2), BOX(POINT(ra, dec), 10, 5) FROM small.stars',
      'SELECT POLYGON(10, -10.5, 20, 20.5, 30, 30.5), POLYGON(POINT(10, -10), POINT(20, 20), POINT(30, 30)) FROM sample.things WHERE id = 1',
      'SELECT source_id, POLYGON(ra, dec, ra + 1, dec, ra, dec + 1) FROM small.stars',
      'SELECT id, POINT(ra, flux), CIRCLE(ra, dec, flux) FROM sample.things WHERE id < 70',
      'SELECT source_id, AREA(CIRCLE(ra, dec, 1)), AREA(CIRCLE(ra, dec, 60)), CENTROID(CIRCLE(ra, dec, 1)) FROM small.stars',
      'SELECT AREA(CIRCLE(0, 0, 180)), AREA(CIRCLE(0, 0, 90)), AREA(CIRCLE(0, 0, 0)), AREA(CIRCLE(0, 0, 1e-6)) FROM sample.things WHERE id = 1',
      'SELECT source_id, AREA(POLYGON(ra, dec, ra + 1, dec, ra, dec + 1)), CENTROID(POLYGON(ra, dec, ra + 1, dec, ra, dec + 1)) FROM small.stars',
      'SELECT source_id, AREA(BOX(ra, dec, 3, 2)), CENTROID(BOX(ra, dec, 3, 2)), CENTROID(POINT(ra, dec)) FROM small.stars',
      'SELECT source_id, COORD1(POINT(ra, dec)), COORD2(CENTROID(BOX(ra, dec, 1, 1))), COORDSYS(POINT(ra, dec)) FROM small.stars',
      "SELECT CAST('12.3 45.6' AS POINT), CAST('12.3 45.6 1' AS CIRCLE), CAST('1.0 0.1 2.0 0.2 3.0 0.3' AS POLYGON) FROM sample.things WHERE id = 1",
      'SELECT DISTINCT DISTANCE(FLOOR(ra / 90), 0, 0, 0) FROM small.stars',
      'SELECT MIN(DISTANCE(ra, dec, 0, 0)), MAX(DISTANCE(ra, dec, 0, 0)) FROM hipparcos.stars',
      'SELECT COORD1(c), COORD2(c), AREA(k) FROM (SELECT CENTROID(CIRCLE(ra, dec, 2)) AS c, CIRCLE(ra, dec, 2) AS k FROM small.stars) AS q',
    ],
  },
  {
    about: 'angles of about 180 degrees',
    order: 'any',
    tolerance: ANTIPODES,
    queries: [
      'SELECT source_id, DISTANCE(ra, dec, ra + 180, -dec) FROM small.stars',
      'SELECT id, DISTANCE(ra, dec, ra + 180, 0.001 - dec) FROM sample.things WHERE dec > -89',
    ],
  },
  {
    about: 'nearest first',
    order: 'given',
    tolerance: ANGLES,
    queries: [
      'SELECT TOP 20 source_id, DISTANCE(ra, dec, 83.8, -1.2) AS d FROM hipparcos.stars WHERE 1 = CONTAINS(POINT(ra, dec), CIRCLE(83.8, -1.2, 3)) ORDER BY d, source_id',
      'SELECT TOP 5 id, DISTANCE(POINT(ra, dec), POINT(10.68, 41.27)) AS d FROM dso.objects WHERE ra IS NOT NULL ORDER BY d, id',
    ],
  },
  {
    about: 'user-defined functions',
    order: 'any',
    tolerance: EXACT,
    queries: [
      'SELECT source_id, ivo_healpix_index(6, ra, dec), ivo_healpix_index(0, ra, dec), ivo_healpix_index(29, POINT(ra, dec)) FROM hipparcos.stars',
      'SELECT ivo_healpix_index(3, ra, dec) AS hpx, COUNT(*) FROM hipparcos.stars GROUP BY hpx',
      'SELECT id, ivo_healpix_index(10, ra, dec), ivo_healpix_index(10, flux, 0) FROM sample.things',
      'SELECT source_id FROM hipparcos.stars WHERE ivo_healpix_index(2, ra, dec) = 77',
      "SELECT source_id, name FROM hipparcos.stars WHERE 1 = ivo_nocasematch(name, 'sir%')",
      "SELECT id, ivo_nocasematch(word, 'ALPHA'), ivo_nocasematch(word, '%a%'), ivo_nocasematch(word, code) FROM sample.things",
      "SELECT id, ivo_hashlist_has('Alpha#beta#ß', word), ivo_hashlist_has(word, 'alpha'), ivo_hashlist_has('', word) FROM sample.things",
      "SELECT id, ivo_hasword(word, 'alpha'), ivo_hasword('one Alpha two', word), ivo_hasword(word, '') FROM sample.things",
      'SELECT ivo_interval_overlaps(1, 2, 1.5, 3), ivo_interval_overlaps(1, 2, 2, 3), ivo_interval_overlaps(1, 2, 3, 4) FROM sample.things WHERE id = 1',
      'SELECT id, ivo_interval_overlaps(flux, flux + 10, 0, 100) FROM sample.things',
    ],
  },
  {
    about: 'frames and centres of cells',
    order: 'any',
    tolerance: { ...LIBRARY, absolute: 1e-11 },
    queries: [
      'SELECT ivo_healpix_center(6, 1234), ivo_healpix_center(29, 3458764513820540927), ivo_healpix_center(0, 11) FROM sample.things WHERE id = 1',
      'SELECT source_id, ivo_healpix_center(8, ivo_healpix_index(8, ra, dec)) FROM small.stars',
      "SELECT source_id, ivo_geom_transform('ICRS', 'GALACTIC', POINT(ra, dec)), ivo_geom_transform('GALACTIC', 'ICRS', POINT(ra, dec)) FROM small.stars",
      "SELECT source_id, ivo_geom_transform('ICRS', 'FK5', POINT(ra, dec)), gavo_transform('ICRS', 'GALACTIC', CIRCLE(ra, dec, 2)) FROM small.stars",
      "SELECT source_id, COORD2(ivo_geom_transform('ICRS', 'GALACTIC', POINT(ra, dec))) AS b FROM hipparcos.stars WHERE vmag < 5",
    ],
  },
];
