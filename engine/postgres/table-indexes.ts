import { identifierColumn, positionColumns, type Table } from '../catalog/table.ts';

/** Which indexes a table has in PostgreSQL that find rows by position or identifier. */
export interface TableIndexes {
  /** On `almagest.healpix_index(29, ra, dec)`. */
  readonly healpix: boolean;
  /** On `(almagest.zone(dec), almagest.longitude(ra))`. */
  readonly zones: boolean;
  /** On `q3c_ang2ipix(ra, dec)`, of the extension q3c, where sessions find its functions. */
  readonly q3c: boolean;
  /** On `spoint(radians(ra), radians(dec))`, of the extension pg_sphere, where sessions find its functions. */
  readonly pgsphere: boolean;
  /** On the identifier. */
  readonly identifier: boolean;
}

export const NO_INDEXES: TableIndexes = {
  healpix: false,
  zones: false,
  q3c: false,
  pgsphere: false,
  identifier: false,
};

/** A row of `INDEX_KEYS`. */
export interface IndexKeys {
  readonly schema_name: string;
  readonly table_name: string;
  /** `btree`, `gist`, … */
  readonly method: string;
  /** Columns and expressions, as PostgreSQL writes them. */
  readonly keys: readonly string[];
  /** The extensions whose functions are found without a schema. */
  readonly extensions: readonly string[];
}

/** The usable indexes of tables; takes their schemas ($1) and names ($2), two arrays of text. */
export const INDEX_KEYS = `
  SELECT n.nspname AS schema_name, c.relname AS table_name, m.amname AS method,
         ARRAY(SELECT pg_get_indexdef(i.indexrelid, key, true) FROM generate_series(1, i.indnkeyatts) key) AS keys,
         ARRAY(SELECT extname::text FROM pg_extension JOIN pg_namespace s ON s.oid = extnamespace
               WHERE s.nspname = ANY (current_schemas(true))) AS extensions
  FROM unnest($1::text[], $2::text[]) AS wanted (schema_name, table_name)
  JOIN pg_namespace n ON n.nspname = wanted.schema_name
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.table_name
  JOIN pg_index i ON i.indrelid = c.oid AND i.indisvalid AND i.indisready AND i.indpred IS NULL
  JOIN pg_class x ON x.oid = i.indexrelid
  JOIN pg_am m ON m.oid = x.relam`;

/** @param rows those of `INDEX_KEYS`, of any tables */
export function tableIndexes(table: Table, rows: readonly IndexKeys[]): TableIndexes {
  const own = rows.filter((row) => row.schema_name === table.schema && row.table_name === table.name);
  const has = (method: string, ...expressions: readonly string[]) =>
    own.some(
      (row) => row.method === method && expressions.every((each, i) => plain(row.keys[i] ?? '') === each),
    );
  const found = (extension: string) => own.some(({ extensions }) => extensions.includes(extension));
  const id = identifierColumn(table);
  const identifier = id !== null && has('btree', plain(id.name));
  const position = positionColumns(table);
  if (position === null) return { ...NO_INDEXES, identifier };
  const [lon, lat] = [plain(position.ra.name), plain(position.dec.name)];
  return {
    healpix: has('btree', `healpix_index(29,${lon},${lat})`),
    zones: has('btree', `zone(${lat})`, `longitude(${lon})`),
    q3c: has('btree', `q3c_ang2ipix(${lon},${lat})`) && found('q3c'),
    pgsphere: has('gist', `spoint(radians(${lon}),radians(${lat}))`) && found('pg_sphere'),
    identifier,
  };
}

/** An expression without casts, blanks and quotes, and without the schema of a function: PostgreSQL leaves out one that is searched. */
function plain(expression: string): string {
  return expression.replaceAll(/::(?:double precision|real)|[\s"]/g, '').replace(/^[^.(]+\.(?=[^(]+\()/, '');
}
