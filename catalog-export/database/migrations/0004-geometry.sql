-- The geometry of ADQL 2.1 section 4.2 and the functions that queries of the TAP service call. engine/duckdb/macros has the
-- same names and formulas for the edge, engine/healpix-wasm is their reference.
--
-- Angles are in degrees. A point is {lon, lat}, a circle {lon, lat, radius}, a polygon {lon, lat, lon, lat, …}. What is not
-- finite or off the sphere is in nothing, and has no distance (null).
--
-- At a rim the benefit of the doubt is 2e-12 degrees, no more than the margin of the cells that cover a circle: what lies on it is inside, in every engine.
--
-- SQL functions are written to be inlined by the planner: not STRICT, no SET, and arguments that are used twice are cheap.

CREATE FUNCTION almagest.distance(lon1 float8, lat1 float8, lon2 float8, lat2 float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- The haversine, as in the kernel's cone.rs: longitudes differ by half a turn at most, and cosines are taken from the pole.
  SELECT CASE WHEN abs(lon1 - lon2) < 1e6 AND abs(lat1) <= 90 AND abs(lat2) <= 90 THEN
    57.29577951308232 * 2 * asin(sqrt(least(1,
      power(sin((lat1 - lat2) * 0.008726646259971648), 2)
      + sin(radians(90 - abs(lat1))) * sin(radians(90 - abs(lat2)))
        * power(sin((lon1 - lon2 - 360 * round((lon1 - lon2) / 360)) * 0.008726646259971648), 2))))
  END
$$;
COMMENT ON FUNCTION almagest.distance IS 'Angular distance of two positions, in degrees';

CREATE FUNCTION almagest.point_in_circle(lon float8, lat float8, circle_lon float8, circle_lat float8, radius float8)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Latitudes first: two comparisons, which the planner can estimate, spare most distances.
  SELECT lat >= circle_lat - radius - 1e-9 AND lat <= circle_lat + radius + 1e-9 AND radius >= 0
    AND almagest.distance(lon, lat, circle_lon, circle_lat) <= radius + 2e-12
$$;
COMMENT ON FUNCTION almagest.point_in_circle IS 'Whether a position is within a radius of another, in degrees';

CREATE FUNCTION almagest.longitude(lon float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT lon - 360 * floor(lon / 360) $$;
COMMENT ON FUNCTION almagest.longitude IS 'A longitude in degrees, from 0 to below 360';

CREATE FUNCTION almagest.circles_intersect(a float8[], b float8[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT a[3] >= 0 AND b[3] >= 0 AND almagest.distance(a[1], a[2], b[1], b[2]) <= a[3] + b[3] + 2e-12
    AND a[3] + b[3] < 'Infinity'
$$;

CREATE FUNCTION almagest.circle_in_circle(a float8[], b float8[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- From 180 degrees on a circle is the whole sky.
  SELECT a[3] >= 0 AND a[3] < 'Infinity' AND b[3] < 'Infinity'
    AND (almagest.distance(a[1], a[2], b[1], b[2]) + a[3] <= b[3] + 2e-12 OR b[3] >= 180)
$$;
COMMENT ON FUNCTION almagest.circle_in_circle IS 'Whether the first circle is inside the second';

CREATE FUNCTION almagest.circle_area(circle float8[]) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN circle[3] >= 0 AND circle[3] < 'Infinity'
    THEN 41252.96124941927 * power(sin(radians(least(circle[3], 180) / 2)), 2) END
$$;
COMMENT ON FUNCTION almagest.circle_area IS 'Area of a circle, in square degrees';

CREATE FUNCTION almagest.box(lon float8, lat float8, width float8, height float8) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  east float8;
  north float8;
  sine float8;
  cosine float8;
  corner_east float8;
  corner_north float8;
  x float8;
  polygon float8[] := '{}';
BEGIN
  IF NOT (abs(lon) < 1e6 AND abs(lat) <= 90 AND width >= 0 AND width < 180 AND height >= 0 AND height < 180) THEN
    RETURN NULL;
  END IF;
  sine := sin(radians(lat));
  cosine := cos(radians(lat));
  east := tan(radians(0.5 * width));
  north := tan(radians(0.5 * height));
  FOR corner IN 0..3 LOOP
    -- From south west over south east, as in the kernel's polygon.rs.
    corner_east := CASE WHEN corner IN (1, 2) THEN east ELSE -east END;
    corner_north := CASE WHEN corner >= 2 THEN north ELSE -north END;
    x := cosine - corner_north * sine;
    polygon := polygon || ARRAY[
      almagest.longitude(lon + degrees(atan2(corner_east, x))),
      degrees(atan2(sine + corner_north * cosine, sqrt(x * x + corner_east * corner_east)))];
  END LOOP;
  RETURN polygon;
END
$$;
COMMENT ON FUNCTION almagest.box IS 'The polygon of ADQL''s BOX: sides on great circles at right angles to the ends of a cross';

-- Positional joins by zones (Gray, Nieto-Santisteban & Szalay 2007): a join looks each position up in the zones of latitude that a
-- circle around it touches, each one a range of an index on (almagest.zone(dec), almagest.longitude(ra)).

CREATE FUNCTION almagest.zone(lat float8) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE WHEN abs(lat) <= 90 THEN floor((lat + 90) * 60)::integer END $$;
COMMENT ON FUNCTION almagest.zone IS 'Number of the zone of one arcminute that holds a latitude in degrees';

CREATE FUNCTION almagest.zone_windows(lon float8, lat float8, radius float8)
RETURNS TABLE (zone integer, lo float8, hi float8)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT COST 10 ROWS 3 AS $$
DECLARE
  -- Wider than what is lost by rounding.
  margin constant float8 := 1e-9;
  middle float8;
  half float8;
BEGIN
  IF NOT (abs(lon) < 1e6 AND abs(lat) <= 90 AND radius >= 0 AND radius < 'Infinity') THEN RETURN; END IF;
  middle := lon - 360 * floor(lon / 360);
  -- A circle that holds no pole reaches asin(sin r / cos lat) in longitude, on either side of its centre.
  half := CASE WHEN abs(lat) + radius < 89.999
    THEN degrees(asin(least(1, sin(radians(radius)) / cos(radians(lat))))) + margin ELSE 180 END;
  FOR number IN floor((greatest(lat - radius - margin, -90) + 90) * 60)::integer
      .. floor((least(lat + radius + margin, 90) + 90) * 60)::integer LOOP
    zone := number;
    IF half = 180 THEN
      lo := 0; hi := 360;
      RETURN NEXT;
      CONTINUE;
    END IF;
    lo := greatest(middle - half, 0); hi := least(middle + half, 360);
    RETURN NEXT;
    IF middle < half THEN
      lo := middle - half + 360; hi := 360;
      RETURN NEXT;
    ELSIF middle + half > 360 THEN
      lo := 0; hi := middle + half - 360;
      RETURN NEXT;
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION almagest.zone_windows IS
  'Zones that a circle touches, and in each the longitudes from lo to hi between which it is; two where they go over 0';
