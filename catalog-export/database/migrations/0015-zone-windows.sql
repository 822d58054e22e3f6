-- The same windows of zones as before, by a query that PostgreSQL puts in place of the call: calling a function for each position took a
-- third of a join. It would expect a million rows of it; that both conditions at the end always hold it does not know, and expects few.

CREATE OR REPLACE FUNCTION almagest.zone_windows(lon float8, lat float8, radius float8)
RETURNS TABLE (zone integer, lo float8, hi float8)
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10 ROWS 3 AS $$
  SELECT w.zone,
    CASE WHEN w.half = 180 THEN 0 ELSE greatest(w.middle - w.half + 360 * w.turn, 0) END,
    CASE WHEN w.half = 180 THEN 360 ELSE least(w.middle + w.half + 360 * w.turn, 360) END
  FROM (
    SELECT z.*,
      unnest(CASE WHEN z.half = 180 THEN '{0}'::integer[] WHEN z.middle < z.half THEN '{0,1}'
        WHEN z.middle + z.half > 360 THEN '{0,-1}' ELSE '{0}' END) AS turn
    FROM (
      SELECT c.*, generate_series(c.first, c.last) AS zone
      FROM (
        SELECT lon - 360 * floor(lon / 360) AS middle,
          -- A circle that holds no pole reaches asin(sin r / cos lat) in longitude, on either side of its centre. What is lost by
          -- rounding is less than 1e-9.
          CASE WHEN abs(lat) + radius < 89.999
            THEN degrees(asin(least(1, sin(radians(radius)) / cos(radians(lat))))) + 1e-9 ELSE 180 END AS half,
          floor((least(greatest(lat - radius - 1e-9, -90), 90) + 90) * 60)::integer AS first,
          floor((greatest(least(lat + radius + 1e-9, 90), -90) + 90) * 60)::integer AS last
        WHERE abs(lon) < 1e6 AND abs(lat) <= 90 AND radius >= 0 AND radius < 'Infinity'
        OFFSET 0
      ) AS c
    ) AS z
  ) AS w
  WHERE w.zone = abs(w.zone) AND w.turn * w.turn = abs(w.turn)
$$;
