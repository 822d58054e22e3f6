-- The circle around a polygon: what is inside is near its centre, which is what joins by position go by.

-- A polygon whose corners are all within a radius r < 90 of a point has its edges there, and its inside too, which is the smaller of
-- the two sides: unless its edges go around that point so often that they enclose more than half of the sphere, w (1 - cos r) >= 1,
-- and with n corners they go around w <= (n - 1) / 2 times.
CREATE FUNCTION almagest.polygon_bounds(polygon float8[]) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  vertices float8[] := almagest.polygon_vertices(polygon);
  n integer := cardinality(vertices) / 5;
  x float8 := 0; y float8 := 0; z float8 := 0;
  size float8;
  chord float8 := 0;
  radius float8;
BEGIN
  IF n = 0 THEN RETURN NULL; END IF;
  FOR i IN 0..n - 1 LOOP
    x := x + vertices[5 * i + 3];
    y := y + vertices[5 * i + 4];
    z := z + vertices[5 * i + 5];
  END LOOP;
  size := sqrt(x * x + y * y + z * z);
  IF size < 1e-6 THEN RETURN '{0,0,180}'; END IF;
  x := x / size; y := y / size; z := z / size;
  FOR i IN 0..n - 1 LOOP
    chord := greatest(chord, (vertices[5 * i + 3] - x) ^ 2 + (vertices[5 * i + 4] - y) ^ 2 + (vertices[5 * i + 5] - z) ^ 2);
  END LOOP;
  radius := degrees(2 * asin(least(1, sqrt(chord) / 2)));
  RETURN ARRAY[
    almagest.longitude(degrees(atan2(y, x))),
    degrees(atan2(z, sqrt(x * x + y * y))),
    -- 1 - cos r is half of the chord's square.
    CASE WHEN radius < 89 AND ((n - 1) / 2) * chord / 2 < 0.999 THEN radius + 1e-8 ELSE 180 END];
END
$$;
COMMENT ON FUNCTION almagest.polygon_bounds IS
  'Centre and radius of a circle that holds the inside of a polygon, in degrees; null for what is no polygon';
