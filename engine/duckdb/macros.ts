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

const CREATED = /^CREATE MACRO almagest\.(\w+)/;
const MENTIONED = /\balmagest\.(\w+)/g;

/** Of each macro, those its body mentions and those that they do, itself included. */
const NEEDS = new Map<string, ReadonlySet<string>>();
for (const statement of MACROS) {
  const name = CREATED.exec(statement)?.[1];
  if (name !== undefined) NEEDS.set(name, new Set([...needed(statement.replace(CREATED, '')), name]));
}

/**
 * The statements, in order, that the macros of a query take: DuckDB reads a macro in milliseconds, and a query calls few.
 * @param sql any text with `almagest.name` in it for each function it calls
 */
export function macrosFor(sql: string): readonly string[] {
  const names = needed(sql);
  return MACROS.filter((statement) => {
    const name = CREATED.exec(statement)?.[1];
    return name === undefined || names.has(name);
  });
}

function needed(sql: string): ReadonlySet<string> {
  const names = [...sql.matchAll(MENTIONED)].flatMap((match) => [...(NEEDS.get(match[1]!) ?? [])]);
  return new Set(names);
}
