import { ANGLES, EXACT, type Questions } from './question.ts';

const REGIONS = [
  "CIRCLE('ICRS', 83.8, -1.2, 12)",
  'CIRCLE(10, 88, 9)',
  'CIRCLE(359.5, 4, 0.1)',
  'CIRCLE(200, -40, 100)',
  'POLYGON(70, -15, 100, -18, 95, 22, 74, 18)',
  'POLYGON(350, 25, 20, 30, 15, -25, 340, -20)',
  'BOX(30, 80, 15, 12)',
  "REGION('Circle GALACTIC 120 -60 20')",
];
const POINTS = [
  'POINT(83.8, -1.2)',
  'POINT(0, 90)',
  'POINT(0, -90)',
  'POINT(359.9999, 10)',
  'POINT(225, 41.8)',
];

const FROM = 'FROM ivoa.obscore WHERE';

/** Datasets and their footprints, which are wound either way; some have none, or one that is no polygon. */
export const OBSCORE: readonly Questions[] = [
  {
    about: 'footprints and regions',
    order: 'any',
    tolerance: EXACT,
    queries: [
      ...REGIONS.flatMap((region) => [
        `SELECT obs_id ${FROM} 1 = CONTAINS(${region}, s_region)`,
        `SELECT obs_id ${FROM} CONTAINS(s_region, ${region}) = 1`,
        `SELECT obs_id ${FROM} 1 = INTERSECTS(s_region, ${region})`,
        `SELECT obs_id, s_fov ${FROM} 0 = INTERSECTS(${region}, s_region) AND s_fov < 2`,
      ]),
      ...POINTS.flatMap((point) => [
        `SELECT obs_id, s_region ${FROM} 1 = CONTAINS(${point}, s_region)`,
        `SELECT obs_id ${FROM} 1 = INTERSECTS(s_region, ${point})`,
      ]),
      `SELECT obs_id, CONTAINS(POINT(s_ra, s_dec), s_region), INTERSECTS(s_region, CIRCLE(s_ra, s_dec, s_fov)) FROM ivoa.obscore`,
      `SELECT obs_id ${FROM} 1 = INTERSECTS(s_region, REGION('Union ICRS (Circle 83.8 -1.2 6 Circle 10 88 5)'))`,
      `SELECT obs_id ${FROM} 1 = CONTAINS(POINT(83.8, -1.2), s_region) OR 1 = CONTAINS(POINT(0, 90), s_region)`,
      `SELECT obs_collection, COUNT(*) ${FROM} NOT (1 = INTERSECTS(s_region, CIRCLE(83.8, -1.2, 40))) GROUP BY obs_collection`,
      `SELECT obs_id ${FROM} s_region IS NULL`,
    ],
  },
  {
    about: 'footprints and rows of other tables',
    order: 'any',
    tolerance: EXACT,
    queries: [
      'SELECT o.obs_id, s.source_id FROM ivoa.obscore AS o JOIN small.stars AS s ON 1 = CONTAINS(POINT(s.ra, s.dec), o.s_region)',
      'SELECT o.obs_id, s.source_id FROM small.stars AS s, ivoa.obscore AS o WHERE 1 = INTERSECTS(o.s_region, POINT(s.ra, s.dec)) AND o.s_fov < 20',
      'SELECT o.obs_id, s.source_id FROM ivoa.obscore AS o JOIN small.stars AS s ON 1 = INTERSECTS(CIRCLE(s.ra, s.dec, 2), o.s_region)',
      'SELECT o.obs_id, s.source_id FROM ivoa.obscore AS o JOIN small.stars AS s ON 1 = CONTAINS(CIRCLE(s.ra, s.dec, 2), o.s_region)',
      'SELECT s.source_id, COUNT(o.obs_id) FROM small.stars AS s LEFT JOIN ivoa.obscore AS o ON 1 = CONTAINS(POINT(s.ra, s.dec), o.s_region) GROUP BY s.source_id',
      'SELECT o.obs_id FROM ivoa.obscore AS o WHERE EXISTS (SELECT 1 FROM small.stars AS s WHERE 1 = CONTAINS(POINT(s.ra, s.dec), o.s_region))',
      'SELECT o.obs_id, COUNT(*) FROM ivoa.obscore AS o JOIN hipparcos.stars AS s ON 1 = CONTAINS(POINT(s.ra, s.dec), o.s_region) WHERE o.s_fov < 0.5 GROUP BY o.obs_id',
      'SELECT a.obs_id, b.obs_id FROM ivoa.obscore AS a JOIN ivoa.obscore AS b ON 1 = INTERSECTS(a.s_region, b.s_region) WHERE a.obs_id < b.obs_id AND a.s_fov < 3 AND b.s_fov < 3',
      'SELECT a.obs_id, b.obs_id FROM ivoa.obscore AS a JOIN ivoa.obscore AS b ON 1 = CONTAINS(a.s_region, b.s_region) WHERE a.s_fov < 1 AND b.s_fov > 30',
      'SELECT o.obs_id, s.source_id FROM (SELECT obs_id, s_region FROM ivoa.obscore WHERE calib_level > 1) AS o JOIN small.stars AS s ON 1 = CONTAINS(POINT(s.ra, s.dec), o.s_region)',
    ],
  },
  {
    about: 'datasets',
    order: 'any',
    tolerance: EXACT,
    queries: [
      'SELECT * FROM ivoa.obscore',
      'SELECT obs_publisher_did, access_url, access_format FROM ivoa.ObsCore WHERE s_dec > 0',
      "SELECT obs_publisher_did FROM ivoa.obscore WHERE obs_collection = 'Ångström' AND calib_level IN (1, 2)",
      'SELECT DISTINCT dataproduct_type, pol_states, em_filter_name FROM ivoa.obscore',
      'SELECT obs_id FROM ivoa.obscore WHERE t_min <= 56000.5 AND t_max >= 55500 AND em_min < 6e-7 AND em_max > 5e-7',
      'SELECT obs_id, obs_title, obs_release_date FROM ivoa.obscore WHERE 1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE(180, 0, 60))',
      "SELECT obs_id FROM ivoa.obscore WHERE obs_publisher_did = 'ivo://almagest.example/plates?obs1'",
    ],
  },
  {
    about: 'areas and centres of footprints',
    order: 'any',
    tolerance: { ...ANGLES, absolute: 1e-9, relative: 1e-12 },
    queries: [
      'SELECT obs_id, AREA(s_region), COORDSYS(s_region) FROM ivoa.obscore',
      'SELECT obs_id, CENTROID(s_region), COORD1(CENTROID(s_region)), COORD2(CENTROID(s_region)) FROM ivoa.obscore WHERE ABS(s_dec) < 80 AND s_fov < 40',
      'SELECT obs_id, DISTANCE(CENTROID(s_region), POINT(s_ra, s_dec)) FROM ivoa.obscore WHERE s_fov < 10',
    ],
  },
];
