-- Functions of the IVOA's Catalogue of ADQL User Defined Functions 1.2, and those of ADQL 2.1 section 2.3 for which engines differ.
-- Capitals are those of ASCII: other letters depend on the database.

CREATE FUNCTION almagest.hashlist_has(hashlist text, item text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (strpos(item, '#') = 0
    AND strpos('#' || lower(hashlist COLLATE "C") || '#', '#' || lower(item COLLATE "C") || '#') > 0)::integer
$$;
COMMENT ON FUNCTION almagest.hashlist_has IS '1 if an item is in a list of words that are separated by #, else 0';

CREATE FUNCTION almagest.words(text text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- What is not ASCII is part of a word.
  SELECT array_remove(regexp_split_to_array(lower(text COLLATE "C"), '[\x01-/:-@[-`{-\x7f]+'), '')
$$;
COMMENT ON FUNCTION almagest.words IS 'Runs of letters and digits, in small letters';

CREATE FUNCTION almagest.hasword(haystack text, needle text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (cardinality(almagest.words(needle)) > 0 AND almagest.words(needle) <@ almagest.words(haystack))::integer
$$;
COMMENT ON FUNCTION almagest.hasword IS '1 if the words of the needle are among those of the haystack, else 0';

CREATE FUNCTION almagest.nocasematch(value text, pattern text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (lower(value COLLATE "C") LIKE lower(pattern COLLATE "C") ESCAPE '')::integer
$$;
COMMENT ON FUNCTION almagest.nocasematch IS '1 if a value is LIKE a pattern, capitals or not, else 0';

CREATE FUNCTION almagest.interval_overlaps(a1 float8, b1 float8, a2 float8, b2 float8) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (a1 <= b1 AND a2 <= b2 AND b1 >= a2 AND b2 >= a1 AND b1 < 'NaN' AND b2 < 'NaN')::integer
$$;
COMMENT ON FUNCTION almagest.interval_overlaps IS '1 if the intervals [a1, b1] and [a2, b2] have a number in common, else 0';

CREATE FUNCTION almagest.to_jd(instant timestamp) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT date_part('epoch', instant) / 86400 + 2440587.5 $$;
COMMENT ON FUNCTION almagest.to_jd IS 'Julian date of an instant, in its time scale';

CREATE FUNCTION almagest.to_mjd(instant timestamp) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT date_part('epoch', instant) / 86400 + 40587 $$;
COMMENT ON FUNCTION almagest.to_mjd IS 'Modified Julian date of an instant, in its time scale';

-- Decimal places: halves away from zero. 2^53 / 10^n: what is larger has no such places.

CREATE FUNCTION almagest.round(x float8, n integer) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN n > 300 OR NOT abs(x) < 9007199254740992 / ('1e' || greatest(n, -292)::text)::float8 THEN x
    WHEN n >= 0 THEN sign(x) * (floor(abs(x) * ('1e' || n::text)::float8)
      + (abs(x) * ('1e' || n::text)::float8 - floor(abs(x) * ('1e' || n::text)::float8) >= 0.5)::integer) / ('1e' || n::text)::float8
    WHEN n < -308 THEN 0 * x
    ELSE sign(x) * (floor(abs(x) / ('1e' || (-n)::text)::float8)
      + (abs(x) / ('1e' || (-n)::text)::float8 - floor(abs(x) / ('1e' || (-n)::text)::float8) >= 0.5)::integer) * ('1e' || (-n)::text)::float8
  END
$$;
COMMENT ON FUNCTION almagest.round IS 'x to n decimal places, halves away from zero';

CREATE FUNCTION almagest.truncate(x float8, n integer) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN n > 300 OR NOT abs(x) < 9007199254740992 / ('1e' || greatest(n, -292)::text)::float8 THEN x
    WHEN n >= 0 THEN sign(x) * floor(abs(x) * ('1e' || n::text)::float8) / ('1e' || n::text)::float8
    WHEN n < -308 THEN 0 * x
    ELSE sign(x) * floor(abs(x) / ('1e' || (-n)::text)::float8) * ('1e' || (-n)::text)::float8
  END
$$;
COMMENT ON FUNCTION almagest.truncate IS 'x cut to n decimal places';

CREATE FUNCTION almagest.mod(x float8, y float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT x - y * trunc(x / y) $$;
COMMENT ON FUNCTION almagest.mod IS 'Remainder of x / y, with the sign of x';

-- Reference systems of the IVOA's vocabulary refframe, as astropy has them: FK5 and ECLIPTIC at J2000, FK4 at B1950 with the
-- E-terms of aberration.

CREATE FUNCTION almagest.frame_matrix(frame text) RETURNS float8[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE frame
    WHEN 'ICRS' THEN '{1,0,0,0,1,0,0,0,1}'::float8[]
    WHEN 'FK5' THEN '{0.9999999999999921,-1.1102233297408327e-07,-4.411804498096771e-08,1.1102233723050035e-07,0.9999999999999889,9.647792246010129e-08,4.411803426976326e-08,-9.647792751958126e-08,0.9999999999999943}'
    WHEN 'FK4' THEN '{0.9999256809514492,0.011181371753884796,0.004858960740738826,-0.011181372203849871,0.9999374861373449,-2.707332853596656e-05,-0.0048589597052854224,-2.725853209429822e-05,0.9999881948140961}'
    WHEN 'GALACTIC' THEN '{-0.05487565771259163,-0.8734370519556159,-0.48383507361671546,0.4941094371927268,-0.4448297212232952,0.7469821839866676,-0.8676661375596576,-0.19807633727300053,0.4559838136873016}'
    WHEN 'SUPER_GALACTIC' THEN '{0.37501555570303163,0.34135887185624736,0.8618801851683191,-0.8983204377276124,-0.09572710024885117,0.4287851600030194,0.2288749093754372,-0.9350456902649068,0.270750499492446}'
    WHEN 'ECLIPTIC' THEN '{0.9999999999999941,-7.078368960971556e-08,8.056213977613186e-08,3.2897004077419646e-08,0.9174821299149584,0.39777699944404793,-1.0207044725484355e-07,-0.39777699944404304,0.9174821299149556}'
  END
$$;
COMMENT ON FUNCTION almagest.frame_matrix IS 'Rotation from ICRS, row by row; null for a system that is not known';

CREATE FUNCTION almagest.transform(from_frame text, to_frame text, geometry float8[]) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  m float8[] := almagest.frame_matrix(from_frame);
  n float8[] := almagest.frame_matrix(to_frame);
  result float8[] := geometry;
  lon float8; lat float8;
  x float8; y float8; z float8; u float8; v float8; w float8;
  reach float8;
  e1 constant float8 := -1.6255741516894347e-06;
  e2 constant float8 := -3.191905371563791e-07;
  e3 constant float8 := -1.384290671929659e-07;
BEGIN
  IF m IS NULL OR n IS NULL THEN RETURN NULL; END IF;
  IF from_frame = to_frame THEN RETURN geometry; END IF;
  FOR i IN 1..CASE cardinality(geometry) WHEN 3 THEN 1 ELSE cardinality(geometry) / 2 END LOOP
    lon := geometry[2 * i - 1];
    lat := geometry[2 * i];
    IF (abs(lon) < 1e6 AND abs(lat) <= 90) IS NOT TRUE THEN RETURN NULL; END IF;
    x := cos(radians(lat)) * cos(radians(lon)); y := cos(radians(lat)) * sin(radians(lon)); z := sin(radians(lat));
    IF from_frame = 'FK4' THEN
      reach := e1 * x + e2 * y + e3 * z;
      x := x - e1 + reach * x; y := y - e2 + reach * y; z := z - e3 + reach * z;
    END IF;
    u := m[1] * x + m[4] * y + m[7] * z; v := m[2] * x + m[5] * y + m[8] * z; w := m[3] * x + m[6] * y + m[9] * z;
    x := n[1] * u + n[2] * v + n[3] * w; y := n[4] * u + n[5] * v + n[6] * w; z := n[7] * u + n[8] * v + n[9] * w;
    IF to_frame = 'FK4' THEN
      -- The other way round: the terms are 2e-6, so that after two steps of the iteration nothing changes.
      reach := sqrt(x * x + y * y + z * z);
      x := x / reach; y := y / reach; z := z / reach;
      u := x; v := y; w := z;
      FOR step IN 1..3 LOOP
        reach := 1 + e1 * x + e2 * y + e3 * z;
        x := (u + e1) / reach; y := (v + e2) / reach; z := (w + e3) / reach;
      END LOOP;
    END IF;
    result[2 * i - 1] := almagest.longitude(57.29577951308232 * atan2(y, x));
    result[2 * i] := 57.29577951308232 * atan2(z, sqrt(x * x + y * y));
  END LOOP;
  RETURN result;
END
$$;
COMMENT ON FUNCTION almagest.transform IS 'A point, circle or polygon of one reference system in another';
