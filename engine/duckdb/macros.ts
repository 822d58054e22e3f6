import { AREAS } from './macros/areas.ts';
import { CIRCLES } from './macros/circles.ts';
import { TRANSFORM } from './macros/frames.ts';
import { FUNCTIONS } from './macros/functions.ts';
import { HEALPIX } from './macros/healpix.ts';
import { POLYGONS } from './macros/polygons.ts';
import { REGIONS } from './macros/regions.ts';

export { FRAMES } from './macros/frames.ts';

/**
 * Statements that make the functions of queries in DuckDB, once per database and in this order: schema `almagest`, with the
 * names and results that the migrations of catalog-export/database give to PostgreSQL. Only DuckDB's core functions are used.
 */
export const MACROS: readonly string[] = [
  'CREATE SCHEMA almagest',
  ...CIRCLES,
  ...POLYGONS,
  ...AREAS,
  ...REGIONS,
  ...HEALPIX,
  ...FUNCTIONS,
  ...TRANSFORM,
];
