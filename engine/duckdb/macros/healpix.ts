/** Cells: catalog-export/database/migrations/0007-healpix.sql in DuckDB's SQL. */
export const HEALPIX: readonly string[] = [
  // The lowest 29 bits on every second bit, of each number of a list; and back.
  `CREATE MACRO almagest.spread(numbers) AS list_transform(list_transform(list_transform(numbers,
     lambda b: ((b | (b << 16)) & 281470681808895)),
     lambda b: ((((b | (b << 8)) & 71777214294589695) | (((b | (b << 8)) & 71777214294589695) << 4)) & 1085102592571150095)),
     lambda b: ((((b | (b << 2)) & 3689348814741910323) | (((b | (b << 2)) & 3689348814741910323) << 1)) & 6148914691236517205))`,
  `CREATE MACRO almagest.gathered(numbers) AS list_transform(list_transform(list_transform(numbers,
     lambda b: (((b & 6148914691236517205) | ((b & 6148914691236517205) >> 1)) & 3689348814741910323)),
     lambda b: ((((b | (b >> 2)) & 1085102592571150095) | (((b | (b >> 2)) & 1085102592571150095) >> 4)) & 71777214294589695)),
     lambda b: ((((b | (b >> 8)) & 281470681808895) | (((b | (b >> 8)) & 281470681808895) >> 16)) & 4294967295))`,

  `CREATE MACRO almagest.projected_cell(theta, lon) AS list_transform(list_transform(list_transform([{
       theta: theta, polar: abs(theta) > 0.7297276562269663e0, east: lon >= 0,
       turn: abs(radians(lon)) * 1.2732395447351628e0}],
     lambda s: {north: s.theta > 0, polar: s.polar,
       turn: CASE WHEN s.east THEN s.turn - (floor(s.turn)::BIGINT | 1) ELSE (floor(s.turn)::BIGINT | 1) - s.turn END,
       quarter: CASE WHEN s.east THEN ((floor(s.turn)::BIGINT | 1) & 7) >> 1 ELSE 3 - (((floor(s.turn)::BIGINT | 1) & 7) >> 1) END,
       y: CASE WHEN s.polar THEN 2.449489742783178e0 * cos(0.5e0 * abs(s.theta) + 0.7853981633974483e0) ELSE sin(s.theta) * 1.5e0 END}),
     lambda s: CASE WHEN s.polar THEN {
       base: CASE WHEN s.north THEN s.quarter ELSE s.quarter + 8 END,
       west: s.turn * s.y, up: CASE WHEN s.north THEN 2 - s.y ELSE s.y END}
     ELSE {
       base: ((s.turn > s.y)::BIGINT + (s.turn < -s.y)::BIGINT) * 4 + ((s.quarter + (s.turn > s.y AND s.turn >= -s.y)::BIGINT) & 3),
       west: s.turn - ((s.turn > s.y)::BIGINT - (s.turn < -s.y)::BIGINT),
       up: s.y + ((s.turn > s.y)::BIGINT + (s.turn < -s.y)::BIGINT)} END),
     lambda s: list_transform([almagest.spread([
         least(greatest(floor((s.up + s.west) * 268435456), 0), 536870911)::BIGINT,
         least(greatest(floor((s.up - s.west) * 268435456), 0), 536870911)::BIGINT])],
       lambda b: (s.base << 58) | b[1] | (b[2] << 1))[1])[1]`,
  // DuckDB's sine in WebAssembly is that of the kernel, to the last bit: on borders too its cells are the kernel's.
  `CREATE MACRO almagest.healpix_index(depth INTEGER, lon DOUBLE, lat DOUBLE) AS
   CASE WHEN depth BETWEEN 0 AND 29 AND abs(lon) < 1e6 AND abs(lat) <= 90 THEN
     almagest.projected_cell(radians(lat), CASE WHEN abs(lon) > 360 THEN almagest.longitude(lon) ELSE lon END) >> (2 * (29 - depth))
   END`,

  `CREATE MACRO almagest.cell_center(depth, cell) AS list_transform(list_transform(list_transform([{
       base: cell >> (2 * depth), side: (1::BIGINT << depth)::DOUBLE,
       b: almagest.gathered([cell & ((1::BIGINT << (2 * depth)) - 1), (cell & ((1::BIGINT << (2 * depth)) - 1)) >> 1])}],
     lambda s: {
       x: (s.b[1] - s.b[2]) / s.side + 2 * (s.base & 3) + CASE WHEN s.base // 4 = 1 THEN 0 ELSE 1 END,
       y: (s.b[1] + s.b[2] + 1 - s.side) / s.side + 1 - s.base // 4}),
     lambda s: {x: CASE WHEN s.x < 0 THEN s.x + 8 ELSE s.x END, y: s.y, sigma: 2 - abs(s.y)}),
     lambda s: [
       almagest.longitude(57.29577951308232e0 * CASE WHEN s.sigma >= 1 THEN s.x * 0.7853981633974483e0
         ELSE ((floor(s.x)::BIGINT | 1) + CASE WHEN s.sigma > 1e-13
           THEN greatest(-1e0, least(1e0, (s.x - (floor(s.x)::BIGINT | 1)) / s.sigma)) ELSE 0 END) * 0.7853981633974483e0 END),
       57.29577951308232e0 * CASE WHEN s.sigma >= 1 THEN asin(s.y * 0.6666666666666666e0)
         ELSE (2 * acos(s.sigma * 0.408248290463863e0) - 1.5707963267948966e0) * sign(s.y) END])[1]`,
  `CREATE MACRO almagest.healpix_center(depth INTEGER, cell BIGINT) AS
   CASE WHEN depth BETWEEN 0 AND 29 AND cell >= 0 AND (cell >> (2 * depth)) < 12 THEN
     almagest.cell_center(depth::BIGINT, cell) END`,
];
