import { mainColumns, type Table } from '../catalog/table.ts';

/** Which indexes a table has in PostgreSQL that find rows by position or identifier. */
export interface TableIndexes {
  /** On `almagest.healpix_index(29, ra, dec)`. */
  readonly healpix: boolean;
  /** On `(almagest.zone(dec), almagest.longitude(ra))`. */
  readonly zones: boolean;
  /** The schema of the extension q3c, where there is an index on `q3c_ang2ipix(ra, dec)`. */
  readonly q3c: string | null;
  /** The schema of the extension pg_sphere, where there is an index on `spoint(radians(ra), radians(dec))`. */
  readonly pgsphere: string | null;
  /** On the identifier. */
  readonly identifier: boolean;
}

export const NO_INDEXES: TableIndexes = {
  healpix: false,
  zones: false,
  q3c: null,
  pgsphere: null,
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
  readonly q3c: string | null;
  readonly pgsphere: string | null;
}

/** The usable indexes of tables; takes their schemas ($1) and names ($2), two arrays of text. */
export const INDEX_KEYS = `
  SELECT n.nspname AS schema_name, c.relname AS table_name, m.amname AS method,
         ARRAY(SELECT pg_get_indexdef(i.indexrelid, key, true) FROM generate_series(1, i.indnkeyatts) key) AS keys,
         (SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'q3c') AS q3c,
         (SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'pg_sphere') AS pgsphere
  FROM unnest($1::text[], $2::text[]) AS wanted (schema_name, table_name)
  JOIN pg_namespace n ON n.nspname = wanted.schema_name
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.table_name
  JOIN pg_index i ON i.indrelid = c.oid AND i.indisvalid AND i.indisready AND i.indpred IS NULL
  JOIN pg_class x ON x.oid = i.indexrelid
  JOIN pg_am m ON m.oid = x.relam`;

/** @param rows those of `INDEX_KEYS`, of any tables */
export function tableIndexes(table: Table, rows: readonly IndexKeys[]): TableIndexes {
  const { id, ra, dec } = mainColumns(table);
  const [lon, lat] = [plain(ra.name), plain(dec.name)];
  const own = rows.filter((row) => row.schema_name === table.schema && row.table_name === table.name);
  const has = (method: string, ...expressions: readonly string[]) =>
    own.find(
      (row) => row.method === method && expressions.every((each, i) => plain(row.keys[i] ?? '') === each),
    );
  const q3c = has('btree', `q3c_ang2ipix(${lon},${lat})`);
  const pgsphere = has('gist', `spoint(radians(${lon}),radians(${lat}))`);
  return {
    healpix: has('btree', `healpix_index(29,${lon},${lat})`) !== undefined,
    zones: has('btree', `zone(${lat})`, `longitude(${lon})`) !== undefined,
    q3c: q3c?.q3c ?? null,
    pgsphere: pgsphere?.pgsphere ?? null,
    identifier: has('btree', plain(id.name)) !== undefined,
  };
}

/** An expression without casts, blanks and quotes, and without the schema of a function: PostgreSQL leaves out one that is searched. */
function plain(expression: string): string {
  return expression.replaceAll(/::(?:double precision|real)|[\s"]/g, '').replace(/^[^.(]+\.(?=[^(]+\()/, '');
}
