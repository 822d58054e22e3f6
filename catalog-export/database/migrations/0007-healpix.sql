-- HEALPix, nested numbering: bit for bit the cells of cdshealpix, which are those of the kernel and of the column _healpix_29.

CREATE FUNCTION almagest.healpix_index("order" integer, lon float8, lat float8) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  theta float8;
  polar boolean;
  trigon float8;
  turn float8;
  quarter integer;
  base bigint;
  left_side boolean;
  right_side boolean;
  west float8;
  up float8;
  i float8;
  j float8;
  bits bigint;
  other bigint;
  doubtful boolean := false;
  x float8;
  rest float8;
  head float8;
  tail float8;
  square float8;
  cube float8;
  series float8;
BEGIN
  IF NOT ("order" BETWEEN 0 AND 29 AND abs(lon) < 1e6 AND abs(lat) <= 90) THEN RETURN NULL; END IF;
  IF abs(lon) > 360 THEN lon := lon - 360 * floor(lon / 360); END IF;
  theta := radians(lat);
  polar := abs(theta) > 0.7297276562269663;
  trigon := CASE WHEN polar THEN cos(0.5 * abs(theta) + 0.7853981633974483) ELSE sin(theta) END;
  turn := abs(radians(lon)) * 1.2732395447351628;
  quarter := floor(turn)::integer | 1;
  IF lon >= 0 THEN
    turn := turn - quarter;
    quarter := (quarter & 7) >> 1;
  ELSE
    turn := quarter - turn;
    quarter := 3 - ((quarter & 7) >> 1);
  END IF;
  LOOP
    IF polar THEN
      trigon := 2.449489742783178 * trigon;
      west := turn * trigon;
      up := CASE WHEN theta > 0 THEN 2 - trigon ELSE trigon END;
      base := CASE WHEN theta > 0 THEN quarter ELSE quarter + 8 END;
    ELSE
      trigon := trigon * 1.5;
      right_side := turn > trigon;
      left_side := turn < - trigon;
      base := right_side::integer + left_side::integer;
      west := turn - (right_side::integer - left_side::integer);
      up := trigon + base;
      base := base * 4 + ((quarter + (right_side AND NOT left_side)::integer) & 3);
    END IF;
    i := (up + west) * 268435456;
    j := (up - west) * 268435456;
    EXIT WHEN doubtful OR (abs(i - round(i)) > 2e-5 AND abs(j - round(j)) > 2e-5);
    -- So near a border the last bit of the sine decides, which is not the same in every mathematics library: once more, by that of
    -- fdlibm (Sun Microsystems, 1993), in arithmetic that every machine rounds alike. Not a function of its own: who writes into an
    -- indexed table need have no rights on this schema.
    doubtful := true;
    x := theta;
    rest := 0;
    IF polar THEN
      -- From π/2, which comes in pieces.
      x := 0.5 * abs(theta) + 0.7853981633974483;
      head := x - 1.57079632673412561417e+00;
      tail := 6.07710050650619224932e-11;
      IF abs(head - tail) < 1e-6 THEN
        x := head;
        head := x - 6.07710050630396597660e-11;
        tail := 2.02226624879595063154e-21 - ((x - head) - 6.07710050630396597660e-11);
      END IF;
      x := head - tail;
      rest := (head - x) - tail;
    END IF;
    trigon := x;
    IF abs(x) > 1.4901161193847656e-8 THEN
      square := x * x;
      cube := square * x;
      series := 8.33333333332248946124e-03 + square * (-1.98412698298579493134e-04 + square * 2.75573137070700676789e-06)
        + square * (square * square) * (-2.50507602534068634195e-08 + square * 1.58969099521155010221e-10);
      trigon := CASE WHEN polar THEN x - ((square * (0.5 * rest - cube * series) - rest) - cube * -1.66666666666666324348e-01)
        ELSE x + cube * (-1.66666666666666324348e-01 + square * series) END;
    END IF;
    IF polar THEN trigon := - trigon; END IF;
  END LOOP;
  bits := least(greatest(floor(i), 0), 536870911)::bigint;
  bits := (bits | (bits << 16)) & 281470681808895;
  bits := (bits | (bits << 8)) & 71777214294589695;
  bits := (bits | (bits << 4)) & 1085102592571150095;
  bits := (bits | (bits << 2)) & 3689348814741910323;
  bits := (bits | (bits << 1)) & 6148914691236517205;
  other := least(greatest(floor(j), 0), 536870911)::bigint;
  other := (other | (other << 16)) & 281470681808895;
  other := (other | (other << 8)) & 71777214294589695;
  other := (other | (other << 4)) & 1085102592571150095;
  other := (other | (other << 2)) & 3689348814741910323;
  other := (other | (other << 1)) & 6148914691236517205;
  RETURN ((base << 58) | bits | (other << 1)) >> (2 * (29 - "order"));
END
$$;
COMMENT ON FUNCTION almagest.healpix_index IS 'Nested HEALPix cell of an order that holds a position in degrees';

CREATE FUNCTION almagest.healpix_center("order" integer, index bigint) RETURNS float8[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  base integer;
  i bigint;
  j bigint;
  side float8;
  x float8;
  y float8;
  facet float8;
  sigma float8;
  lon float8;
  lat float8;
BEGIN
  IF NOT "order" BETWEEN 0 AND 29 OR index < 0 OR index >> (2 * "order") > 11 THEN RETURN NULL; END IF;
  base := index >> (2 * "order");
  i := index & ((1::bigint << (2 * "order")) - 1) & 6148914691236517205;
  i := (i | (i >> 1)) & 3689348814741910323;
  i := (i | (i >> 2)) & 1085102592571150095;
  i := (i | (i >> 4)) & 71777214294589695;
  i := (i | (i >> 8)) & 281470681808895;
  i := (i | (i >> 16)) & 4294967295;
  j := (index & ((1::bigint << (2 * "order")) - 1)) >> 1 & 6148914691236517205;
  j := (j | (j >> 1)) & 3689348814741910323;
  j := (j | (j >> 2)) & 1085102592571150095;
  j := (j | (j >> 4)) & 71777214294589695;
  j := (j | (j >> 8)) & 281470681808895;
  j := (j | (j >> 16)) & 4294967295;
  side := 1::bigint << "order";
  x := (i - j) / side + 2 * (base & 3) + CASE WHEN base / 4 = 1 THEN 0 ELSE 1 END;
  y := (i + j + 1 - side) / side + 1 - base / 4;
  IF x < 0 THEN x := x + 8; END IF;
  IF abs(y) <= 1 THEN
    lon := x * 0.7853981633974483;
    lat := asin(y * 0.6666666666666666);
  ELSE
    facet := floor(x)::integer | 1;
    sigma := 2 - abs(y);
    lon := (facet + CASE WHEN sigma > 1e-13 THEN greatest(-1, least(1, (x - facet) / sigma)) ELSE 0 END) * 0.7853981633974483;
    lat := (2 * acos(sigma * 0.408248290463863) - 1.5707963267948966) * sign(y);
  END IF;
  RETURN ARRAY[almagest.longitude(degrees(lon)), degrees(lat)];
END
$$;
COMMENT ON FUNCTION almagest.healpix_center IS 'Centre of a nested HEALPix cell of an order';
