import type { Column, Datatype } from '../../engine/catalog/column.ts';

/** A column as PostgreSQL's catalogue has it. */
export interface DatabaseColumn {
  readonly name: string;
  /** Name of the base type (pg_type.typname), `enum` for an enumeration. */
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

/** The VOTable type under which a PostgreSQL column is published; null where there is none. */
export function publishedType({ type, length }: DatabaseColumn): ColumnType | null {
  const published = PUBLISHED[type];
  if (!published) return null;
  return length === null ? published : { ...published, arraysize: `${length}*` };
}
