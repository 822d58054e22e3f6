/** Areas and centroids of polygons. */
export const AREAS: readonly string[] = [
  // Signed, in steradians, of an edge and the start of another: a small triangle, in a small polygon.
  `CREATE MACRO almagest.triangle_area(e, c) AS 2 * atan2(
     struct_extract(c, 'ux') * ((struct_extract(e, 'uy') - struct_extract(c, 'uy')) * (struct_extract(e, 'vz') - struct_extract(c, 'uz'))
         - (struct_extract(e, 'uz') - struct_extract(c, 'uz')) * (struct_extract(e, 'vy') - struct_extract(c, 'uy')))
       + struct_extract(c, 'uy') * ((struct_extract(e, 'uz') - struct_extract(c, 'uz')) * (struct_extract(e, 'vx') - struct_extract(c, 'ux'))
         - (struct_extract(e, 'ux') - struct_extract(c, 'ux')) * (struct_extract(e, 'vz') - struct_extract(c, 'uz')))
       + struct_extract(c, 'uz') * ((struct_extract(e, 'ux') - struct_extract(c, 'ux')) * (struct_extract(e, 'vy') - struct_extract(c, 'uy'))
         - (struct_extract(e, 'uy') - struct_extract(c, 'uy')) * (struct_extract(e, 'vx') - struct_extract(c, 'ux'))),
     1 + struct_extract(e, 'ux') * struct_extract(e, 'vx') + struct_extract(e, 'uy') * struct_extract(e, 'vy') + struct_extract(e, 'uz') * struct_extract(e, 'vz')
       + (struct_extract(e, 'ux') * struct_extract(c, 'ux') + struct_extract(e, 'uy') * struct_extract(c, 'uy') + struct_extract(e, 'uz') * struct_extract(c, 'uz'))
       + (struct_extract(e, 'vx') * struct_extract(c, 'ux') + struct_extract(e, 'vy') * struct_extract(c, 'uy') + struct_extract(e, 'vz') * struct_extract(c, 'uz')))`,

  // Part of an edge in twice the integral of the position over the inside, summed from the start of another edge.
  `CREATE MACRO almagest.moment(e, c) AS list_transform([atan2(
       sqrt(almagest.squares(struct_extract(e, 'nx'), struct_extract(e, 'ny'), struct_extract(e, 'nz'))),
       struct_extract(e, 'ux') * struct_extract(e, 'vx') + struct_extract(e, 'uy') * struct_extract(e, 'vy') + struct_extract(e, 'uz') * struct_extract(e, 'vz'))],
     lambda arc: list_transform([CASE WHEN arc < 0.1
       THEN arc * arc / 6 * (1 + arc * arc * 7 / 60 * (1 + arc * arc * 31 / 294 * (1 + arc * arc * 127 / 1240 * (1 + arc * arc * 2555 / 25146))))
       ELSE arc / sqrt(almagest.squares(struct_extract(e, 'nx'), struct_extract(e, 'ny'), struct_extract(e, 'nz'))) - 1 END],
     lambda more: {
       x: (struct_extract(e, 'uy') - struct_extract(c, 'uy')) * (struct_extract(e, 'vz') - struct_extract(c, 'uz'))
         - (struct_extract(e, 'uz') - struct_extract(c, 'uz')) * (struct_extract(e, 'vy') - struct_extract(c, 'uy')) + more * struct_extract(e, 'nx'),
       y: (struct_extract(e, 'uz') - struct_extract(c, 'uz')) * (struct_extract(e, 'vx') - struct_extract(c, 'ux'))
         - (struct_extract(e, 'ux') - struct_extract(c, 'ux')) * (struct_extract(e, 'vz') - struct_extract(c, 'uz')) + more * struct_extract(e, 'ny'),
       z: (struct_extract(e, 'ux') - struct_extract(c, 'ux')) * (struct_extract(e, 'vy') - struct_extract(c, 'uy'))
         - (struct_extract(e, 'uy') - struct_extract(c, 'uy')) * (struct_extract(e, 'vx') - struct_extract(c, 'ux')) + more * struct_extract(e, 'nz')})[1])[1]`,

  `CREATE MACRO almagest.direction(v) AS list_transform([v], lambda d: [
     almagest.longitude(57.29577951308232e0 * atan2(d.side * d.y, d.side * d.x)),
     57.29577951308232e0 * atan2(d.side * d.z, sqrt(d.x * d.x + d.y * d.y))])[1]`,

  `CREATE MACRO almagest.polygon_area(polygon DOUBLE[]) AS
   list_transform([almagest.polygon_edges(polygon)], lambda g: CASE WHEN len(g.edges) = 0 THEN NULL
     WHEN least(abs(g.excess), 4 * pi() - abs(g.excess)) >= 1e-3
     THEN least(abs(g.excess), 4 * pi() - abs(g.excess)) * 3282.806350011744e0
     ELSE abs(list_sum(list_transform(g.edges, lambda e: almagest.triangle_area(e, g.edges[1])))) * 3282.806350011744e0 END)[1]`,

  `CREATE MACRO almagest.polygon_centroid(polygon DOUBLE[]) AS
   list_transform([almagest.polygon_edges(polygon)], lambda g: CASE WHEN g IS NULL OR len(g.edges) = 0 THEN NULL
     ELSE almagest.direction(list_transform([list_transform(g.edges, lambda e: almagest.moment(e, g.edges[1]))], lambda moments: {
       side: CASE WHEN g.excess + CASE WHEN g.excess < 0 THEN 4 * pi() ELSE 0 END <= 2 * pi() THEN 1 ELSE -1 END,
       x: list_sum(list_transform(moments, lambda m: m.x)),
       y: list_sum(list_transform(moments, lambda m: m.y)),
       z: list_sum(list_transform(moments, lambda m: m.z))})[1]) END)[1]`,
];
