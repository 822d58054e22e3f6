import { type Column, type Datatype, isText } from '../../engine/catalog/column.ts';

/** A column as PostgreSQL's catalogue has it. */
export interface DatabaseColumn {
  readonly name: string;
  /** Name of the base type (pg_type.typname), `enum` for an enumeration, that of the elements after `_` for an array. */
  readonly type: string;
  /** As it was declared: `character varying(20)`. */
  readonly declared: string;
  /** Longest text in characters; null where there is no limit. */
  readonly length: number | null;
}

type ColumnType = Pick<Column, 'datatype' | 'arraysize' | 'xtype'>;

const scalar = (datatype: Datatype): ColumnType => ({ datatype, arraysize: null, xtype: null });
const TEXT: ColumnType = { datatype: 'char', arraysize: '*', xtype: null };
/** DALI 1.1 §3.3.3; times with a zone are given in UTC. */
const TIMESTAMP: ColumnType = { datatype: 'char', arraysize: '*', xtype: 'timestamp' };

const PUBLISHED: Record<string, ColumnType> = {
  bool: scalar('boolean'),
  int2: scalar('short'),
  int4: scalar('int'),
  int8: scalar('long'),
  float4: scalar('float'),
  float8: scalar('double'),
  numeric: scalar('double'),
  text: TEXT,
  name: TEXT,
  citext: TEXT,
  enum: TEXT,
  varchar: TEXT,
  bpchar: TEXT,
  uuid: { ...TEXT, arraysize: '36' },
  date: TIMESTAMP,
  timestamp: TIMESTAMP,
  timestamptz: TIMESTAMP,
};

/**
 * SQL that gives `base(oid, root, type)` for WITH RECURSIVE: for each type what it is below its domains, and under which name
 * (`DatabaseColumn.type`).
 */
export const BASE_TYPES = `
  roots AS (
    SELECT oid, oid AS root FROM pg_type WHERE typtype <> 'd'
    UNION ALL
    SELECT t.oid, roots.root FROM pg_type t JOIN roots ON t.typbasetype = roots.oid AND t.typtype = 'd'
  ),
  base AS (
    SELECT roots.oid, roots.root,
           CASE WHEN element.oid IS NOT NULL THEN '_' ELSE '' END
           || CASE coalesce(element.typtype, t.typtype) WHEN 'e' THEN 'enum' ELSE coalesce(element.typname, t.typname) END AS type
    FROM roots
    JOIN pg_type t ON t.oid = roots.root
    LEFT JOIN roots below ON below.oid = t.typelem AND t.typcategory = 'A'
    LEFT JOIN pg_type element ON element.oid = below.root
  )`;

/**
 * The VOTable type under which a PostgreSQL column is published; null where there is none. Arrays of numbers and booleans have the
 * arraysize `*` until their rows were looked at.
 */
export function publishedType({ type, length }: DatabaseColumn): ColumnType | null {
  if (type.startsWith('_')) {
    const element = PUBLISHED[type.slice(1)];
    return element === undefined || isText(element) ? null : { ...element, arraysize: '*' };
  }
  const published = PUBLISHED[type];
  if (!published) return null;
  return length === null ? published : { ...published, arraysize: `${length}*` };
}
