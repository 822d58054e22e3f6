/** Which region is in another, or has points in common with it. */
export const REGIONS: readonly string[] = [
  // Along the edge, of a position from one of its ends.
  `CREATE MACRO almagest.along(e, p, x, y, z) AS
     (struct_extract(e, 'ny') * struct_extract(e, z) - struct_extract(e, 'nz') * struct_extract(e, y)) * (struct_extract(p, 'x') - struct_extract(e, x))
     + (struct_extract(e, 'nz') * struct_extract(e, x) - struct_extract(e, 'nx') * struct_extract(e, z)) * (struct_extract(p, 'y') - struct_extract(e, y))
     + (struct_extract(e, 'nx') * struct_extract(e, y) - struct_extract(e, 'ny') * struct_extract(e, x)) * (struct_extract(p, 'z') - struct_extract(e, z))`,
  `CREATE MACRO almagest.chord(e, p, x, y, z) AS almagest.squares(struct_extract(p, 'x') - struct_extract(e, x),
     struct_extract(p, 'y') - struct_extract(e, y), struct_extract(p, 'z') - struct_extract(e, z))`,
  `CREATE MACRO almagest.end_above(e, f, x, y, z) AS struct_extract(e, 'nx') * (struct_extract(f, x) - struct_extract(e, 'ux'))
     + struct_extract(e, 'ny') * (struct_extract(f, y) - struct_extract(e, 'uy')) + struct_extract(e, 'nz') * (struct_extract(f, z) - struct_extract(e, 'uz'))`,
  `CREATE MACRO almagest.position(x, y, z) AS {lon: 57.29577951308232e0 * atan2(y, x), lat: 57.29577951308232e0 * atan2(z, sqrt(x * x + y * y))}`,

  // Degrees from a position to the nearest edge; NaN, far from everything, where there is none.
  `CREATE MACRO almagest.edge_distance(e, p) AS CASE
     WHEN almagest.along(e, p, 'ux', 'uy', 'uz') > 0 AND almagest.along(e, p, 'vx', 'vy', 'vz') < 0
     THEN asin(least(1e0, abs(almagest.above(e, p))
       / sqrt(almagest.squares(struct_extract(e, 'nx'), struct_extract(e, 'ny'), struct_extract(e, 'nz')))))
     ELSE 2 * asin(least(1e0, sqrt(least(almagest.chord(e, p, 'ux', 'uy', 'uz'), almagest.chord(e, p, 'vx', 'vy', 'vz'))) / 2)) END`,
  `CREATE MACRO almagest.edges_distance(polygon, lon, lat) AS
   CASE WHEN NOT (abs(lon) < 1e6 AND abs(lat) <= 90) OR len(struct_extract(polygon, 'edges')) = 0 THEN 'NaN'::DOUBLE
     ELSE 57.29577951308232e0 * list_transform([almagest.vertex(lon, lat)], lambda p:
       list_min(list_transform(struct_extract(polygon, 'edges'), lambda e: almagest.edge_distance(e, p))))[1] END`,

  // At a rim the benefit of the doubt is 1e-11 degrees, as in PostgreSQL.
  `CREATE MACRO almagest.circle_in_polygon(circle DOUBLE[], polygon DOUBLE[]) AS
   list_transform([{c: circle, g: almagest.polygon_edges(polygon)}], lambda s: s.c[3] >= 0
     AND almagest.edges_hold(s.g, s.c[1], s.c[2]) AND almagest.edges_distance(s.g, s.c[1], s.c[2]) >= s.c[3] - 1e-11)[1]`,
  `CREATE MACRO almagest.circle_intersects_polygon(circle DOUBLE[], polygon DOUBLE[]) AS
   list_transform([{c: circle, g: almagest.polygon_edges(polygon)}], lambda s: s.c[3] >= 0 AND s.c[3] < 'Infinity'::DOUBLE
     AND (almagest.edges_hold(s.g, s.c[1], s.c[2]) OR almagest.edges_distance(s.g, s.c[1], s.c[2]) <= s.c[3] + 1e-11))[1]`,
  // No edge comes as near to the antipode of the centre as what is outside of the circle, and the polygon does not hold it.
  `CREATE MACRO almagest.polygon_in_circle(polygon DOUBLE[], circle DOUBLE[]) AS
   list_transform([{c: circle, g: almagest.polygon_edges(polygon)}], lambda s: s.c[3] >= 0 AND s.c[3] < 'Infinity'::DOUBLE
     AND almagest.edges_distance(s.g, s.c[1] + 180, -s.c[2]) >= 180 - s.c[3] - 1e-11
     AND almagest.edges_distance(s.g, s.c[1] + 180, -s.c[2]) < 'NaN'::DOUBLE
     AND (s.c[3] >= 180 OR NOT almagest.edges_hold(s.g, s.c[1] + 180, -s.c[2])))[1]`,

  // Whether edges cross, their ends farther than 2e-13 radians beside the other, and not at its antipode.
  `CREATE MACRO almagest.edge_crosses(e, f) AS list_transform([{
       margin_e: 2e-13 * sqrt(almagest.squares(struct_extract(e, 'nx'), struct_extract(e, 'ny'), struct_extract(e, 'nz'))),
       margin_f: 2e-13 * sqrt(almagest.squares(struct_extract(f, 'nx'), struct_extract(f, 'ny'), struct_extract(f, 'nz'))),
       f_start: almagest.end_above(e, f, 'ux', 'uy', 'uz'), f_end: almagest.end_above(e, f, 'vx', 'vy', 'vz'),
       e_start: almagest.end_above(f, e, 'ux', 'uy', 'uz'), e_end: almagest.end_above(f, e, 'vx', 'vy', 'vz')}],
     lambda s: abs(s.f_start) > s.margin_e AND abs(s.f_end) > s.margin_e AND (s.f_start > 0) <> (s.f_end > 0)
       AND abs(s.e_start) > s.margin_f AND abs(s.e_end) > s.margin_f AND (s.e_start > 0) <> (s.e_end > 0)
       AND (s.e_start > 0) = (s.f_end > 0))[1]`,
  `CREATE MACRO almagest.edges_cross(a, b) AS len(list_filter(struct_extract(a, 'edges'), lambda e:
     len(list_filter(struct_extract(b, 'edges'), lambda f: almagest.edge_crosses(e, f))) > 0)) > 0`,

  // Starts and middles of edges that are inside a polygon, and so far from its edges; outside, if negative.
  `CREATE MACRO almagest.edges_held(a, b, beyond) AS len(list_filter(
     flatten(list_transform(struct_extract(a, 'edges'), lambda e: [almagest.position(e.ux, e.uy, e.uz),
       almagest.position(e.ux + e.vx, e.uy + e.vy, e.uz + e.vz)])),
     lambda q: CASE WHEN almagest.edges_hold(b, q.lon, q.lat) THEN beyond <= 0 OR almagest.edges_distance(b, q.lon, q.lat) > beyond
       ELSE beyond < 0 AND almagest.edges_distance(b, q.lon, q.lat) <= -beyond END))`,
  `CREATE MACRO almagest.polygons_intersect(a DOUBLE[], b DOUBLE[]) AS
   list_transform([{a: almagest.polygon_edges(a), b: almagest.polygon_edges(b)}], lambda s: CASE
     WHEN s.a IS NULL OR s.b IS NULL THEN NULL
     ELSE almagest.edges_cross(s.a, s.b) OR almagest.edges_held(s.a, s.b, -1e-11) > 0 OR almagest.edges_held(s.b, s.a, -1e-11) > 0 END)[1]`,
  `CREATE MACRO almagest.polygon_in_polygon(a DOUBLE[], b DOUBLE[]) AS
   list_transform([{a: almagest.polygon_edges(a), b: almagest.polygon_edges(b)}], lambda s: CASE
     WHEN s.a IS NULL OR s.b IS NULL THEN NULL
     ELSE len(s.a.edges) > 0 AND len(s.b.edges) > 0 AND almagest.edges_held(s.a, s.b, -1e-11) = 2 * len(s.a.edges)
       AND almagest.edges_held(s.b, s.a, 1e-11) = 0 AND NOT almagest.edges_cross(s.a, s.b) END)[1]`,
];
