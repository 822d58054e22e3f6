/** Distances and circles: catalog-export/database/migrations/0004-geometry.sql in DuckDB's SQL. */
export const CIRCLES: readonly string[] = [
  `CREATE MACRO almagest.longitude(lon DOUBLE) AS lon - 360 * floor(lon / 360)`,

  // The haversine, as in the kernel's cone.rs.
  `CREATE MACRO almagest.distance(lon1 DOUBLE, lat1 DOUBLE, lon2 DOUBLE, lat2 DOUBLE) AS
   CASE WHEN abs(lon1 - lon2) < 1e6 AND abs(lat1) <= 90 AND abs(lat2) <= 90 THEN
     57.29577951308232e0 * 2 * asin(sqrt(least(1e0,
       pow(sin((lat1 - lat2) * 0.008726646259971648e0), 2)
       + sin(radians(90 - abs(lat1))) * sin(radians(90 - abs(lat2)))
         * pow(sin((lon1 - lon2 - 360 * round((lon1 - lon2) / 360)) * 0.008726646259971648e0), 2))))
   END`,

  // Latitudes first: two comparisons, which DuckDB makes as it reads the rows, spare most distances.
  `CREATE MACRO almagest.point_in_circle(lon DOUBLE, lat DOUBLE, circle_lon DOUBLE, circle_lat DOUBLE, radius DOUBLE) AS
   (lat >= circle_lat - radius - 1e-9 AND lat <= circle_lat + radius + 1e-9 AND radius >= 0
     AND almagest.distance(lon, lat, circle_lon, circle_lat) <= radius + 2e-12)`,

  `CREATE MACRO almagest.circles_intersect(a DOUBLE[], b DOUBLE[]) AS
   (a[3] >= 0 AND b[3] >= 0 AND almagest.distance(a[1], a[2], b[1], b[2]) <= a[3] + b[3] + 2e-12
     AND a[3] + b[3] < 'Infinity'::DOUBLE)`,

  `CREATE MACRO almagest.circle_in_circle(a DOUBLE[], b DOUBLE[]) AS
   (a[3] >= 0 AND a[3] < 'Infinity'::DOUBLE AND b[3] < 'Infinity'::DOUBLE
     AND (almagest.distance(a[1], a[2], b[1], b[2]) + a[3] <= b[3] + 2e-12 OR b[3] >= 180))`,

  `CREATE MACRO almagest.circle_area(circle DOUBLE[]) AS
   CASE WHEN circle[3] >= 0 AND circle[3] < 'Infinity'::DOUBLE
     THEN 41252.96124941927e0 * pow(sin(radians(least(circle[3], 180) / 2)), 2) END`,

  `CREATE MACRO almagest.box_corner(lon, lat, east, north) AS [
     almagest.longitude(lon + 57.29577951308232e0 * atan2(east, cos(radians(lat)) - north * sin(radians(lat)))),
     57.29577951308232e0 * atan2(sin(radians(lat)) + north * cos(radians(lat)),
       sqrt(pow(cos(radians(lat)) - north * sin(radians(lat)), 2) + east * east))]`,
  `CREATE MACRO almagest.box(lon DOUBLE, lat DOUBLE, width DOUBLE, height DOUBLE) AS
   CASE WHEN abs(lon) < 1e6 AND abs(lat) <= 90 AND width >= 0 AND width < 180 AND height >= 0 AND height < 180 THEN
     flatten([
       almagest.box_corner(lon, lat, -tan(radians(width / 2)), -tan(radians(height / 2))),
       almagest.box_corner(lon, lat, tan(radians(width / 2)), -tan(radians(height / 2))),
       almagest.box_corner(lon, lat, tan(radians(width / 2)), tan(radians(height / 2))),
       almagest.box_corner(lon, lat, -tan(radians(width / 2)), tan(radians(height / 2)))])
   END`,
];
