import pg from 'pg';

/** Quotes a name for PostgreSQL, whatever it holds. */
export const quoted: (name: string) => string = pg.escapeIdentifier;

/** Quotes schema and table for PostgreSQL. */
export function quotedTable(table: { schema: string; name: string }): string {
  return `${quoted(table.schema)}.${quoted(table.name)}`;
}

/**
 * The name as it appears in queries, which is how TAP_SCHEMA holds it (TAP 1.1 §4.2, §4.3): a delimited
 * identifier unless it is a regular one in both ADQL and PostgreSQL, which folds to lower case.
 */
export function queryName(name: string): string {
  return /^[a-z][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The inverse of `queryName`. */
export function plainName(inQuery: string): string {
  return inQuery.startsWith('"') ? inQuery.slice(1, -1).replaceAll('""', '"') : inQuery;
}

/** `schema.table` split at its only dot. @throws Error when there is not exactly one. */
export function parseTableName(text: string): { schema: string; name: string } {
  const [schema, name, ...more] = text.split('.');
  if (!schema || !name || more.length > 0) {
    throw new Error(`"${text}" is not a table's name: write schema.table, such as survey.stars`);
  }
  return { schema, name };
}

/** Schemas that hold no catalogues: PostgreSQL's, TAP_SCHEMA and Almagest's own. */
export function isReservedSchema(schema: string): boolean {
  return /^(tap_schema|almagest|information_schema|pg_.*)$/.test(schema);
}

/** ADQL 2.1 §2.1.1's reserved words, SQL's among them, in lower case. */
const RESERVED = new Set(
  (
    'abs acos area asin atan atan2 bigint box ceiling centroid circle contains coord1 coord2 coordsys cos cot degrees ' +
    'distance exp floor ilike in_unit intersects log log10 mod offset pi point polygon power radians rand region round ' +
    'sin sqrt tan top truncate ' +
    'absolute action add all allocate alter and any are as asc assertion at authorization avg begin between bit ' +
    'bit_length both by cascade cascaded case cast catalog char character char_length character_length check close ' +
    'coalesce collate collation column commit connect connection constraint constraints continue convert corresponding ' +
    'count create cross current current_date current_time current_timestamp current_user cursor date day deallocate ' +
    'decimal declare default deferrable deferred delete desc describe descriptor diagnostics disconnect distinct domain ' +
    'double drop else end end-exec escape except exception exec execute exists external extract false fetch first float ' +
    'for foreign found from full get global go goto grant group having hour identity immediate in indicator initially ' +
    'inner input insensitive insert int integer intersect interval into is isolation join key language last leading left ' +
    'level like local lower match max min minute module month names national natural nchar next no not null nullif ' +
    'numeric octet_length of on only open option or order outer output overlaps pad partial position precision prepare ' +
    'preserve primary prior privileges procedure public read real references relative restrict revoke right rollback ' +
    'rows schema scroll second section select session session_user set size smallint some space sql sqlcode sqlerror ' +
    'sqlstate substring sum system_user table temporary then time timestamp timezone_hour timezone_minute to trailing ' +
    'transaction translate translation trim true union unique unknown update upper usage user using value values varchar ' +
    'varying view when whenever where with work write year zone'
  ).split(' '),
);
