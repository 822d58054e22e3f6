-- Polygons: edges are arcs of great circles shorter than half a turn, the inside is the smaller of the two sides, and where edges
-- cross each other the even-odd rule holds; all as in the kernel's polygon.rs, which says why.

CREATE FUNCTION almagest.vertex_angle(vertices float8[], i integer, j integer) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT 2 * atan2(
    sqrt((vertices[5 * i + 3] - vertices[5 * j + 3]) * (vertices[5 * i + 3] - vertices[5 * j + 3])
      + (vertices[5 * i + 4] - vertices[5 * j + 4]) * (vertices[5 * i + 4] - vertices[5 * j + 4])
      + (vertices[5 * i + 5] - vertices[5 * j + 5]) * (vertices[5 * i + 5] - vertices[5 * j + 5])),
    sqrt((vertices[5 * i + 3] + vertices[5 * j + 3]) * (vertices[5 * i + 3] + vertices[5 * j + 3])
      + (vertices[5 * i + 4] + vertices[5 * j + 4]) * (vertices[5 * i + 4] + vertices[5 * j + 4])
      + (vertices[5 * i + 5] + vertices[5 * j + 5]) * (vertices[5 * i + 5] + vertices[5 * j + 5])))
$$;
COMMENT ON FUNCTION almagest.vertex_angle IS 'Radians between two of the vertices of polygon_vertices, counted from 0';

CREATE FUNCTION almagest.polygon_vertices(polygon float8[]) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  vertices float8[] := '{}';
  n integer := 0;
  lon float8;
  lat float8;
BEGIN
  IF cardinality(polygon) % 2 = 1 THEN RETURN '{}'; END IF;
  FOR i IN 1..cardinality(polygon) / 2 LOOP
    lon := polygon[2 * i - 1];
    lat := polygon[2 * i];
    IF (abs(lon) < 1e6 AND abs(lat) <= 90) IS NOT TRUE THEN RETURN '{}'; END IF;
    -- What rounds to a pole is one.
    IF radians(90 - abs(lat)) < 2e-14 THEN lat := 90 * sign(lat); END IF;
    vertices[5 * n + 1] := almagest.longitude(lon);
    vertices[5 * n + 2] := lat;
    vertices[5 * n + 3] := cos(radians(lat)) * cos(radians(lon));
    vertices[5 * n + 4] := cos(radians(lat)) * sin(radians(lon));
    vertices[5 * n + 5] := sin(radians(lat));
    IF n = 0 OR almagest.vertex_angle(vertices, n - 1, n) > 1e-14 THEN n := n + 1; END IF;
  END LOOP;
  WHILE n > 1 AND almagest.vertex_angle(vertices, n - 1, 0) <= 1e-14 LOOP n := n - 1; END LOOP;
  IF n < 3 THEN RETURN '{}'; END IF;
  FOR i IN 0..n - 1 LOOP
    IF almagest.vertex_angle(vertices, i, (i + 1) % n) > pi() - 1e-14 THEN RETURN '{}'; END IF;
  END LOOP;
  RETURN vertices[1:5 * n];
END
$$;
COMMENT ON FUNCTION almagest.polygon_vertices IS
  'Longitude, latitude and unit vector of each distinct vertex; none for what is no polygon';

CREATE FUNCTION almagest.polygon_edges(polygon float8[]) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  vertices float8[] := almagest.polygon_vertices(polygon);
  n integer := cardinality(vertices) / 5;
  -- Starts and ends of the edges as places of vertices, and the longitudes they are at: a pole has every longitude.
  starts integer[] := '{}';
  ends integer[] := '{}';
  start_lons float8[] := '{}';
  end_lons float8[] := '{}';
  a integer; b integer; before integer;
  count integer := 0;
  edges float8[] := '{0,0,0,0,0}';
  ux float8; uy float8; uz float8; vx float8; vy float8; vz float8; nx float8; ny float8; nz float8;
  leaves float8; arrives float8;
  width float8;
  product float8;
  at integer := 5;
  excess float8 := 0;
  around boolean := false;
  with_pole boolean;
  south float8 := 90;
  north float8 := -90;
BEGIN
  IF n = 0 THEN RETURN '{}'; END IF;
  FOR i IN 0..n - 1 LOOP
    before := 5 * ((i + n - 1) % n);
    a := 5 * i;
    b := 5 * ((i + 1) % n);
    IF abs(vertices[a + 2]) = 90 THEN
      count := count + 1;
      starts[count] := a; ends[count] := a;
      start_lons[count] := vertices[before + 1]; end_lons[count] := vertices[b + 1];
    END IF;
    count := count + 1;
    starts[count] := a; ends[count] := b;
    start_lons[count] := CASE WHEN abs(vertices[a + 2]) = 90 THEN vertices[b + 1] ELSE vertices[a + 1] END;
    end_lons[count] := CASE WHEN abs(vertices[b + 2]) = 90 THEN start_lons[count] ELSE vertices[b + 1] END;
  END LOOP;
  FOR i IN 1..count LOOP
    a := starts[i]; ux := vertices[a + 3]; uy := vertices[a + 4]; uz := vertices[a + 5];
    b := ends[i]; vx := vertices[b + 3]; vy := vertices[b + 4]; vz := vertices[b + 5];
    -- (a - b) x (a + b) = 2 a x b, without the cancellation of a short edge.
    nx := ((uy - vy) * (uz + vz) - (uz - vz) * (uy + vy)) / 2;
    ny := ((uz - vz) * (ux + vx) - (ux - vx) * (uz + vz)) / 2;
    nz := ((ux - vx) * (uy + vy) - (uy - vy) * (ux + vx)) / 2;
    width := end_lons[i] - start_lons[i];
    edges[at + 1] := start_lons[i];
    edges[at + 2] := end_lons[i];
    edges[at + 3] := CASE WHEN abs(width) > 180 THEN 1 ELSE 0 END;
    edges[at + 4] := CASE WHEN (start_lons[i] < end_lons[i]) <> (abs(width) > 180) THEN 1 ELSE 0 END;
    -- Latitudes of its ends, unless it is farther north or south in between.
    leaves := nx * uy - ny * ux;
    arrives := nx * vy - ny * vx;
    edges[at + 5] := CASE WHEN leaves < 0 AND arrives > 0 THEN -90 ELSE least(vertices[a + 2], vertices[b + 2]) END;
    edges[at + 6] := CASE WHEN leaves > 0 AND arrives < 0 THEN 90 ELSE greatest(vertices[a + 2], vertices[b + 2]) END;
    -- One by one: an assignment to a slice copies the array.
    edges[at + 7] := nx; edges[at + 8] := ny; edges[at + 9] := nz;
    edges[at + 10] := ux; edges[at + 11] := uy; edges[at + 12] := uz;
    edges[at + 13] := vx; edges[at + 14] := vy; edges[at + 15] := vz;
    south := least(south, edges[at + 5]);
    north := greatest(north, edges[at + 6]);
    at := at + 15;
    IF abs(width) > 180 THEN
      width := width - 360 * sign(width);
      around := NOT around;
    END IF;
    -- Twice the angle whose tangent is that of half the area of the triangle with the north pole.
    product := least(1e16, sqrt(ux * ux + uy * uy) / greatest(1e-300, 1 + uz))
      * least(1e16, sqrt(vx * vx + vy * vy) / greatest(1e-300, 1 + vz));
    excess := excess + 2 * atan2(product * sin(radians(width)), 1 + product * cos(radians(width)));
  END LOOP;
  with_pole := CASE WHEN around THEN abs(excess) <= 2 * pi() ELSE abs(excess) > 2 * pi() END;
  edges[1] := CASE WHEN with_pole THEN 1 ELSE 0 END;
  edges[2] := CASE WHEN with_pole <> around THEN 1 ELSE 0 END;
  edges[3] := south;
  edges[4] := north;
  edges[5] := excess;
  RETURN edges;
END
$$;
COMMENT ON FUNCTION almagest.polygon_edges IS
  'A polygon made ready, none for what is no polygon: whether the north pole is inside, whether what is south of it is, its southern and northern latitude, its area with signs in steradians; and of each edge longitudes of the ends, whether it crosses longitude 0, whether it goes east, southern and northern latitude, normal, and unit vectors of the ends';

CREATE FUNCTION almagest.edges_hold(edges float8[], lon float8, lat float8) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  inside boolean;
  x float8; y float8; z float8;
BEGIN
  IF cardinality(edges) = 0 OR NOT (abs(lon) < 1e6 AND abs(lat) <= 90) THEN RETURN false; END IF;
  inside := edges[1] = 1;
  IF lat > edges[4] THEN RETURN inside; END IF;
  IF lat < edges[3] THEN RETURN edges[2] = 1; END IF;
  lon := lon - 360 * floor(lon / 360);
  x := cos(radians(lat)) * cos(radians(lon));
  y := cos(radians(lat)) * sin(radians(lon));
  z := sin(radians(lat));
  -- The meridian from the position to the north pole crosses edges north of it.
  FOR at IN 5..cardinality(edges) - 1 BY 15 LOOP
    IF ((edges[at + 1] <= lon) <> (edges[at + 2] <= lon)) <> (edges[at + 3] = 1)
      AND lat <= edges[at + 6]
      AND (lat < edges[at + 5]
        OR (edges[at + 7] * (x - edges[at + 10]) + edges[at + 8] * (y - edges[at + 11])
          + edges[at + 9] * (z - edges[at + 12]) < 0) = (edges[at + 4] = 1))
    THEN
      inside := NOT inside;
    END IF;
  END LOOP;
  RETURN inside;
END
$$;
COMMENT ON FUNCTION almagest.edges_hold IS 'Whether a position is inside a polygon that polygon_edges made ready';

CREATE FUNCTION almagest.point_in_polygon(lon float8, lat float8, polygon float8[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT almagest.edges_hold(almagest.polygon_edges(polygon), lon, lat) $$;
COMMENT ON FUNCTION almagest.point_in_polygon IS 'Whether a position is inside a polygon, the smaller of the two sides of its edges';

CREATE FUNCTION almagest.edges_distance(edges float8[], lon float8, lat float8) RETURNS float8
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  x float8; y float8; z float8;
  nearest float8 := 'Infinity';
  nx float8; ny float8; nz float8; ux float8; uy float8; uz float8; vx float8; vy float8; vz float8;
BEGIN
  IF cardinality(edges) = 0 OR NOT (abs(lon) < 1e6 AND abs(lat) <= 90) THEN RETURN 'NaN'; END IF;
  x := cos(radians(lat)) * cos(radians(lon));
  y := cos(radians(lat)) * sin(radians(lon));
  z := sin(radians(lat));
  FOR at IN 5..cardinality(edges) - 1 BY 15 LOOP
    nx := edges[at + 7]; ny := edges[at + 8]; nz := edges[at + 9];
    ux := edges[at + 10]; uy := edges[at + 11]; uz := edges[at + 12];
    vx := edges[at + 13]; vy := edges[at + 14]; vz := edges[at + 15];
    nearest := least(nearest, CASE
      WHEN (ny * uz - nz * uy) * (x - ux) + (nz * ux - nx * uz) * (y - uy) + (nx * uy - ny * ux) * (z - uz) > 0
        AND (ny * vz - nz * vy) * (x - vx) + (nz * vx - nx * vz) * (y - vy) + (nx * vy - ny * vx) * (z - vz) < 0
      THEN asin(least(1, abs(nx * (x - ux) + ny * (y - uy) + nz * (z - uz)) / sqrt(nx * nx + ny * ny + nz * nz)))
      ELSE 2 * asin(least(1, sqrt(least((x - ux) * (x - ux) + (y - uy) * (y - uy) + (z - uz) * (z - uz),
        (x - vx) * (x - vx) + (y - vy) * (y - vy) + (z - vz) * (z - vz))) / 2)) END);
  END LOOP;
  RETURN degrees(nearest);
END
$$;
COMMENT ON FUNCTION almagest.edges_distance IS 'Degrees from a position to the nearest edge';

-- At an edge the benefit of the doubt is 1e-11 degrees: a polygon is inside itself.

CREATE FUNCTION almagest.circle_in_polygon(circle float8[], polygon float8[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT circle[3] >= 0 AND almagest.edges_hold(almagest.polygon_edges(polygon), circle[1], circle[2])
    AND almagest.edges_distance(almagest.polygon_edges(polygon), circle[1], circle[2]) >= circle[3] - 1e-11
$$;
COMMENT ON FUNCTION almagest.circle_in_polygon IS 'Whether a circle is inside a polygon';

CREATE FUNCTION almagest.circle_intersects_polygon(circle float8[], polygon float8[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT circle[3] >= 0 AND circle[3] < 'Infinity'
    AND (almagest.edges_hold(almagest.polygon_edges(polygon), circle[1], circle[2])
      OR almagest.edges_distance(almagest.polygon_edges(polygon), circle[1], circle[2]) <= circle[3] + 1e-11)
$$;
COMMENT ON FUNCTION almagest.circle_intersects_polygon IS 'Whether a circle and a polygon have a point in common';

CREATE FUNCTION almagest.polygon_in_circle(polygon float8[], circle float8[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- No edge comes as near to the antipode of the centre as what is outside of the circle, and the polygon does not hold it.
  SELECT circle[3] >= 0 AND circle[3] < 'Infinity'
    AND almagest.edges_distance(almagest.polygon_edges(polygon), circle[1] + 180, -circle[2]) >= 180 - circle[3] - 1e-11
    AND almagest.edges_distance(almagest.polygon_edges(polygon), circle[1] + 180, -circle[2]) < 'NaN'
    AND (circle[3] >= 180 OR NOT almagest.edges_hold(almagest.polygon_edges(polygon), circle[1] + 180, -circle[2]))
$$;
COMMENT ON FUNCTION almagest.polygon_in_circle IS 'Whether a polygon is inside a circle';

CREATE FUNCTION almagest.edges_cross(a float8[], b float8[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  -- Radians by which the ends of each edge are beside the other.
  margin constant float8 := 2e-13;
  a_length float8; b_length float8;
  a_start float8; a_end float8; b_start float8; b_end float8;
BEGIN
  FOR i IN 5..cardinality(a) - 1 BY 15 LOOP
    CONTINUE WHEN a[i + 6] < b[3] OR a[i + 5] > b[4];
    a_length := margin * sqrt(a[i + 7] * a[i + 7] + a[i + 8] * a[i + 8] + a[i + 9] * a[i + 9]);
    FOR j IN 5..cardinality(b) - 1 BY 15 LOOP
      CONTINUE WHEN a[i + 6] < b[j + 5] OR a[i + 5] > b[j + 6];
      b_start := a[i + 7] * (b[j + 10] - a[i + 10]) + a[i + 8] * (b[j + 11] - a[i + 11]) + a[i + 9] * (b[j + 12] - a[i + 12]);
      b_end := a[i + 7] * (b[j + 13] - a[i + 10]) + a[i + 8] * (b[j + 14] - a[i + 11]) + a[i + 9] * (b[j + 15] - a[i + 12]);
      CONTINUE WHEN abs(b_start) <= a_length OR abs(b_end) <= a_length OR (b_start > 0) = (b_end > 0);
      b_length := margin * sqrt(b[j + 7] * b[j + 7] + b[j + 8] * b[j + 8] + b[j + 9] * b[j + 9]);
      a_start := b[j + 7] * (a[i + 10] - b[j + 10]) + b[j + 8] * (a[i + 11] - b[j + 11]) + b[j + 9] * (a[i + 12] - b[j + 12]);
      a_end := b[j + 7] * (a[i + 13] - b[j + 10]) + b[j + 8] * (a[i + 14] - b[j + 11]) + b[j + 9] * (a[i + 15] - b[j + 12]);
      CONTINUE WHEN abs(a_start) <= b_length OR abs(a_end) <= b_length OR (a_start > 0) = (a_end > 0);
      -- Not one at the antipode of the other.
      IF (a_start > 0) = (b_end > 0) THEN RETURN true; END IF;
    END LOOP;
  END LOOP;
  RETURN false;
END
$$;
COMMENT ON FUNCTION almagest.edges_cross IS 'Whether an edge of one polygon crosses an edge of the other, as polygon_edges has them';

CREATE FUNCTION almagest.edges_held(a float8[], b float8[], beyond float8) RETURNS integer
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  held integer := 0;
  x float8; y float8; z float8;
  lon float8; lat float8;
BEGIN
  FOR i IN 5..cardinality(a) - 1 BY 15 LOOP
    FOR half IN 0..1 LOOP
      x := a[i + 10] + half * a[i + 13];
      y := a[i + 11] + half * a[i + 14];
      z := a[i + 12] + half * a[i + 15];
      lon := degrees(atan2(y, x));
      lat := degrees(atan2(z, sqrt(x * x + y * y)));
      IF (CASE WHEN almagest.edges_hold(b, lon, lat)
        THEN beyond <= 0 OR almagest.edges_distance(b, lon, lat) > beyond
        ELSE beyond < 0 AND almagest.edges_distance(b, lon, lat) <= -beyond END)
      THEN
        held := held + 1;
      END IF;
    END LOOP;
  END LOOP;
  RETURN held;
END
$$;
COMMENT ON FUNCTION almagest.edges_held IS
  'How many starts and middles of the edges of one polygon are inside another, and so far from its edges (degrees; outside, if negative)';

CREATE FUNCTION almagest.polygons_intersect(a float8[], b float8[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT almagest.edges_cross(almagest.polygon_edges(a), almagest.polygon_edges(b))
    OR almagest.edges_held(almagest.polygon_edges(a), almagest.polygon_edges(b), -1e-11) > 0
    OR almagest.edges_held(almagest.polygon_edges(b), almagest.polygon_edges(a), -1e-11) > 0
$$;
COMMENT ON FUNCTION almagest.polygons_intersect IS 'Whether two polygons have a point in common';

CREATE FUNCTION almagest.polygon_in_polygon(a float8[], b float8[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT cardinality(almagest.polygon_edges(a)) > 0 AND cardinality(almagest.polygon_edges(b)) > 0
    AND almagest.edges_held(almagest.polygon_edges(a), almagest.polygon_edges(b), -1e-11)
      = 2 * (cardinality(almagest.polygon_edges(a)) - 5) / 15
    AND almagest.edges_held(almagest.polygon_edges(b), almagest.polygon_edges(a), 1e-11) = 0
    AND NOT almagest.edges_cross(almagest.polygon_edges(a), almagest.polygon_edges(b))
$$;
COMMENT ON FUNCTION almagest.polygon_in_polygon IS 'Whether the first polygon is inside the second';

CREATE FUNCTION almagest.polygon_area(polygon float8[]) RETURNS float8
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  edges float8[] := almagest.polygon_edges(polygon);
  area float8;
  cx float8; cy float8; cz float8; ux float8; uy float8; uz float8; vx float8; vy float8; vz float8;
BEGIN
  IF cardinality(edges) = 0 THEN RETURN NULL; END IF;
  area := least(abs(edges[5]), 4 * pi() - abs(edges[5]));
  IF area < 1e-3 THEN
    -- A difference of large triangles: those with the first vertex are small.
    area := 0;
    cx := edges[15]; cy := edges[16]; cz := edges[17];
    FOR at IN 5..cardinality(edges) - 1 BY 15 LOOP
      ux := edges[at + 10]; uy := edges[at + 11]; uz := edges[at + 12];
      vx := edges[at + 13]; vy := edges[at + 14]; vz := edges[at + 15];
      area := area + 2 * atan2(
        cx * ((uy - cy) * (vz - cz) - (uz - cz) * (vy - cy)) + cy * ((uz - cz) * (vx - cx) - (ux - cx) * (vz - cz))
          + cz * ((ux - cx) * (vy - cy) - (uy - cy) * (vx - cx)),
        1 + (ux * vx + uy * vy + uz * vz) + (ux * cx + uy * cy + uz * cz) + (vx * cx + vy * cy + vz * cz));
    END LOOP;
    area := abs(area);
  END IF;
  RETURN area * 3282.806350011744;
END
$$;
COMMENT ON FUNCTION almagest.polygon_area IS 'Area of a polygon, in square degrees';

CREATE FUNCTION almagest.polygon_centroid(polygon float8[]) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  edges float8[] := almagest.polygon_edges(polygon);
  x float8 := 0; y float8 := 0; z float8 := 0;
  cx float8; cy float8; cz float8; ux float8; uy float8; uz float8; vx float8; vy float8; vz float8;
  sine float8;
  arc float8;
  square float8;
  more float8;
  side float8;
BEGIN
  IF cardinality(edges) = 0 THEN RETURN NULL; END IF;
  -- The integral of the position over the inside is half the sum of normals of the edges, each as long as its edge. What of it
  -- is that of a flat polygon is summed from the first vertex, so that small polygons do not cancel.
  cx := edges[15]; cy := edges[16]; cz := edges[17];
  FOR at IN 5..cardinality(edges) - 1 BY 15 LOOP
    ux := edges[at + 10]; uy := edges[at + 11]; uz := edges[at + 12];
    vx := edges[at + 13]; vy := edges[at + 14]; vz := edges[at + 15];
    sine := sqrt(edges[at + 7] * edges[at + 7] + edges[at + 8] * edges[at + 8] + edges[at + 9] * edges[at + 9]);
    arc := atan2(sine, ux * vx + uy * vy + uz * vz);
    square := arc * arc;
    more := CASE WHEN arc < 0.1
      THEN square / 6 * (1 + square * 7 / 60 * (1 + square * 31 / 294 * (1 + square * 127 / 1240 * (1 + square * 2555 / 25146))))
      ELSE arc / sine - 1 END;
    x := x + (uy - cy) * (vz - cz) - (uz - cz) * (vy - cy) + more * edges[at + 7];
    y := y + (uz - cz) * (vx - cx) - (ux - cx) * (vz - cz) + more * edges[at + 8];
    z := z + (ux - cx) * (vy - cy) - (uy - cy) * (vx - cx) + more * edges[at + 9];
  END LOOP;
  -- The inside is on the left of the edges, or on the right.
  side := CASE WHEN edges[5] + CASE WHEN edges[5] < 0 THEN 4 * pi() ELSE 0 END <= 2 * pi() THEN 1 ELSE -1 END;
  RETURN ARRAY[almagest.longitude(degrees(atan2(side * y, side * x))), degrees(atan2(side * z, sqrt(x * x + y * y)))];
END
$$;
COMMENT ON FUNCTION almagest.polygon_centroid IS 'Centre of mass of a polygon';
