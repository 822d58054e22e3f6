/**
 * Polygons: catalog-export/database/migrations/0006-polygons.sql in DuckDB's SQL, where a list of one value that a lambda
 * takes apart gives the value a name: a macro's argument is evaluated as often as the macro mentions it.
 */
export const POLYGONS: readonly string[] = [
  `CREATE MACRO almagest.vertex(lon, lat) AS {lon: lon, lat: lat,
     x: cos(radians(lat)) * cos(radians(lon)), y: cos(radians(lat)) * sin(radians(lon)), z: sin(radians(lat))}`,

  `CREATE MACRO almagest.squares(x, y, z) AS x * x + y * y + z * z`,

  // Radians between two vertices.
  `CREATE MACRO almagest.vertex_angle(a, b) AS 2 * atan2(
     sqrt(almagest.squares(struct_extract(a, 'x') - struct_extract(b, 'x'), struct_extract(a, 'y') - struct_extract(b, 'y'),
       struct_extract(a, 'z') - struct_extract(b, 'z'))),
     sqrt(almagest.squares(struct_extract(a, 'x') + struct_extract(b, 'x'), struct_extract(a, 'y') + struct_extract(b, 'y'),
       struct_extract(a, 'z') + struct_extract(b, 'z'))))`,

  // What rounds to a pole is one. No vertices, where a number is none of the sphere.
  `CREATE MACRO almagest.given_vertices(polygon) AS list_transform(
     CASE WHEN polygon IS NULL THEN NULL
       WHEN len(polygon) % 2 = 0 AND len(list_filter(polygon, lambda number, i:
         coalesce(NOT (abs(number) < 1e6 AND (i % 2 = 1 OR abs(number) <= 90)), true))) = 0
       THEN range(1, len(polygon) + 1, 2) ELSE [] END,
     lambda i: almagest.vertex(almagest.longitude(polygon[i]),
       CASE WHEN radians(90 - abs(polygon[i + 1])) < 2e-14 THEN 90e0 * sign(polygon[i + 1]) ELSE polygon[i + 1] END))`,

  // Distinct ones; none, if fewer than three are, or two that follow each other are antipodes.
  `CREATE MACRO almagest.polygon_vertices(polygon DOUBLE[]) AS
   list_transform([list_transform([list_transform([polygon], lambda given: almagest.given_vertices(given))[1]],
     lambda given: list_filter(given, lambda v, i:
       almagest.vertex_angle(v, given[CASE WHEN i = 1 THEN len(given) ELSE i - 1 END]) > 1e-14))[1]],
     lambda v: CASE WHEN v IS NULL THEN NULL
       WHEN len(v) >= 3 AND len(list_filter(v, lambda a, i: almagest.vertex_angle(a, v[i % len(v) + 1]) > pi() - 1e-14)) = 0
       THEN v ELSE [] END)[1]`,

  // (a - b) x (a + b) = 2 a x b, without the cancellation of a short edge.
  `CREATE MACRO almagest.edge(a, b, from_lon, to_lon) AS {from_lon: from_lon, to_lon: to_lon, a: a, b: b,
     nx: ((struct_extract(a, 'y') - struct_extract(b, 'y')) * (struct_extract(a, 'z') + struct_extract(b, 'z'))
       - (struct_extract(a, 'z') - struct_extract(b, 'z')) * (struct_extract(a, 'y') + struct_extract(b, 'y'))) / 2,
     ny: ((struct_extract(a, 'z') - struct_extract(b, 'z')) * (struct_extract(a, 'x') + struct_extract(b, 'x'))
       - (struct_extract(a, 'x') - struct_extract(b, 'x')) * (struct_extract(a, 'z') + struct_extract(b, 'z'))) / 2,
     nz: ((struct_extract(a, 'x') - struct_extract(b, 'x')) * (struct_extract(a, 'y') + struct_extract(b, 'y'))
       - (struct_extract(a, 'y') - struct_extract(b, 'y')) * (struct_extract(a, 'x') + struct_extract(b, 'x'))) / 2}`,

  // A pole has every longitude: an edge that ends there runs along a meridian, and another leads on to the next meridian.
  `CREATE MACRO almagest.edges_along(vertices) AS flatten(list_transform(vertices, lambda v, i:
     CASE WHEN abs(v.lat) = 90 THEN [
       almagest.edge(v, v, vertices[CASE WHEN i = 1 THEN len(vertices) ELSE i - 1 END].lon, vertices[i % len(vertices) + 1].lon),
       almagest.edge(v, vertices[i % len(vertices) + 1], vertices[i % len(vertices) + 1].lon, vertices[i % len(vertices) + 1].lon)]
     ELSE [almagest.edge(v, vertices[i % len(vertices) + 1], v.lon,
       CASE WHEN abs(vertices[i % len(vertices) + 1].lat) = 90 THEN v.lon ELSE vertices[i % len(vertices) + 1].lon END)] END))`,

  // Latitudes are those of its ends, unless it is farther north or south in between; the width is on the shorter way.
  `CREATE MACRO almagest.measured_edges(edges) AS list_transform(edges, lambda e: {
     from_lon: e.from_lon, to_lon: e.to_lon, wraps: abs(e.to_lon - e.from_lon) > 180,
     east: (e.from_lon < e.to_lon) <> (abs(e.to_lon - e.from_lon) > 180),
     south: CASE WHEN e.nx * e.a.y - e.ny * e.a.x < 0 AND e.nx * e.b.y - e.ny * e.b.x > 0 THEN -90e0 ELSE least(e.a.lat, e.b.lat) END,
     north: CASE WHEN e.nx * e.a.y - e.ny * e.a.x > 0 AND e.nx * e.b.y - e.ny * e.b.x < 0 THEN 90e0 ELSE greatest(e.a.lat, e.b.lat) END,
     product: least(1e16, sqrt(e.a.x * e.a.x + e.a.y * e.a.y) / greatest(1e-300, 1 + e.a.z))
       * least(1e16, sqrt(e.b.x * e.b.x + e.b.y * e.b.y) / greatest(1e-300, 1 + e.b.z)),
     width: e.to_lon - e.from_lon - CASE WHEN abs(e.to_lon - e.from_lon) > 180 THEN 360 * sign(e.to_lon - e.from_lon) ELSE 0 END,
     nx: e.nx, ny: e.ny, nz: e.nz, ux: e.a.x, uy: e.a.y, uz: e.a.z, vx: e.b.x, vy: e.b.y, vz: e.b.z})`,

  // A polygon made ready. The excess is its area with signs, in steradians.
  `CREATE MACRO almagest.polygon_edges(polygon DOUBLE[]) AS
   list_transform([list_transform([almagest.polygon_vertices(polygon)],
     lambda vertices: almagest.measured_edges(almagest.edges_along(vertices)))[1]],
     lambda edges: CASE WHEN edges IS NULL THEN NULL ELSE {
       edges: edges,
       around: len(list_filter(edges, lambda e: e.wraps)) % 2 = 1,
       south: list_min(list_transform(edges, lambda e: e.south)),
       north: list_max(list_transform(edges, lambda e: e.north)),
       excess: list_sum(list_transform(edges, lambda e:
         2 * atan2(e.product * sin(radians(e.width)), 1 + e.product * cos(radians(e.width)))))} END)[1]`,

  // Around the poles, and not back, the excess is the area of the side with the north pole, else of that without.
  `CREATE MACRO almagest.with_pole(polygon) AS (abs(struct_extract(polygon, 'excess')) > 2 * pi()) <> struct_extract(polygon, 'around')`,

  // Of the great circle of an edge, times the sine of its length.
  `CREATE MACRO almagest.above(e, p) AS
   struct_extract(e, 'nx') * (struct_extract(p, 'x') - struct_extract(e, 'ux'))
     + struct_extract(e, 'ny') * (struct_extract(p, 'y') - struct_extract(e, 'uy'))
     + struct_extract(e, 'nz') * (struct_extract(p, 'z') - struct_extract(e, 'uz'))`,

  // The meridian from a position to the north pole crosses edges north of it.
  `CREATE MACRO almagest.crosses(e, p) AS
   ((struct_extract(e, 'from_lon') <= struct_extract(p, 'lon'))
       <> (struct_extract(e, 'to_lon') <= struct_extract(p, 'lon'))) <> struct_extract(e, 'wraps')
     AND struct_extract(p, 'lat') <= struct_extract(e, 'north')
     AND (struct_extract(p, 'lat') < struct_extract(e, 'south')
       OR (almagest.above(e, p) < 0) = struct_extract(e, 'east'))`,

  `CREATE MACRO almagest.edges_hold(polygon, lon, lat) AS
   CASE WHEN polygon IS NULL OR lon IS NULL OR lat IS NULL THEN NULL
     WHEN NOT (abs(lon) < 1e6 AND abs(lat) <= 90) OR len(struct_extract(polygon, 'edges')) = 0 THEN false
     WHEN lat > struct_extract(polygon, 'north') THEN almagest.with_pole(polygon)
     WHEN lat < struct_extract(polygon, 'south') THEN almagest.with_pole(polygon) <> struct_extract(polygon, 'around')
     ELSE (list_transform([almagest.vertex(almagest.longitude(lon), lat)], lambda p:
       len(list_filter(struct_extract(polygon, 'edges'), lambda e: almagest.crosses(e, p))))[1] % 2 = 1)
       <> almagest.with_pole(polygon) END`,

  `CREATE MACRO almagest.point_in_polygon(lon DOUBLE, lat DOUBLE, polygon DOUBLE[]) AS
   list_transform([almagest.polygon_edges(polygon)], lambda edges: almagest.edges_hold(edges, lon, lat))[1]`,

  // The circle around a polygon: migrations/0013-polygon-bounds.sql says why its inside is there.
  `CREATE MACRO almagest.polygon_bounds(polygon DOUBLE[]) AS
   list_transform([list_transform([almagest.polygon_vertices(polygon)], lambda v: {v: v, n: len(v),
     x: list_sum(list_transform(v, lambda a: a.x)), y: list_sum(list_transform(v, lambda a: a.y)),
     z: list_sum(list_transform(v, lambda a: a.z))})[1]],
     lambda s: CASE WHEN s.n IS NULL OR s.n = 0 THEN NULL
       WHEN sqrt(almagest.squares(s.x, s.y, s.z)) < 1e-6 THEN [0e0, 0e0, 180e0]
       ELSE list_transform([sqrt(almagest.squares(s.x, s.y, s.z))], lambda size: list_transform(
         [list_max(list_transform(s.v, lambda a: almagest.squares(a.x - s.x / size, a.y - s.y / size, a.z - s.z / size)))],
         lambda chord: [
           almagest.longitude(57.29577951308232e0 * atan2(s.y, s.x)),
           57.29577951308232e0 * atan2(s.z, sqrt(s.x * s.x + s.y * s.y)),
           CASE WHEN 114.59155902616465e0 * asin(least(1e0, sqrt(chord) / 2)) < 89 AND ((s.n - 1) // 2) * chord / 2 < 0.999e0
             THEN 114.59155902616465e0 * asin(least(1e0, sqrt(chord) / 2)) + 1e-8 ELSE 180e0 END])[1])[1] END)[1]`,
];
