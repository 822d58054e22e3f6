import type pg from 'pg';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { BORN, DIED } from '../../engine/postgres/table-history.ts';
import { quotedTable } from './identifier.ts';

/** A column whose values a history keeps. */
export interface HistoryColumn {
  readonly name: string;
  /** As PostgreSQL declares it; that below a domain, whose rules are not those of rows that are gone. */
  readonly type: string;
  /** The same without modifiers, quoted and with its schema: it means the same whatever the search path. */
  readonly base: string;
}

/** What a history keeps of a table. */
export interface Versioned {
  /** Names of columns that no two rows have the same values of. */
  readonly key: readonly string[];
  /** The published ones and those of the key. */
  readonly columns: readonly HistoryColumn[];
}

/** @throws Error saying why a published table cannot have a history, and what would help. */
export async function readVersioned(client: pg.Client, table: Table): Promise<Versioned> {
  const name = qualifiedName(table);
  const { rows } = await client.query<Facts>(FACTS, [quotedTable(table)]);
  const [facts] = rows;
  if (facts === undefined) throw new Error(`${name} is not in the database any more`);
  const fault = faultOf(facts, client);
  if (fault !== null) throw new Error(`${name} cannot keep the history of its rows: ${fault}`);
  const taken = table.columns.filter((column) => [BORN, DIED].includes(column.name));
  if (taken.length > 0)
    throw new Error(`${name} cannot keep the history of its rows: it has a column ${taken[0]!.name}`);
  const kept = new Set([...facts.key!, ...table.columns.map((column) => column.name)]);
  const columns = facts.columns.filter((column) => kept.has(column.name));
  const gone = table.columns.filter((column) => !columns.some((each) => each.name === column.name));
  if (gone.length > 0) {
    throw new Error(
      `${name} has not the columns any more that were published: ${gone.map((column) => column.name).join(', ')}. Publish it again`,
    );
  }
  return { key: facts.key!, columns };
}

interface Facts {
  readonly kind: string;
  readonly logged: boolean;
  readonly owned: boolean;
  readonly owner: string;
  readonly related: boolean;
  readonly row_security: boolean;
  readonly key: string[] | null;
  readonly columns: HistoryColumn[];
}

function faultOf(facts: Facts, client: pg.Client): string | null {
  if (facts.kind !== 'r' || facts.related) {
    return 'it is a view, partitioned, or inherits from another. Tables of their own can; publish it without --history';
  }
  if (!facts.owned) return `user "${client.user}" does not own it: connect as "${facts.owner}"`;
  if (!facts.logged) return 'it is UNLOGGED, and a crash would empty it unnoticed: ALTER TABLE … SET LOGGED';
  if (facts.row_security)
    return `its rows depend on who asks (row-level security), and "${client.user}" may not see all`;
  if (facts.key === null) {
    return 'it has no primary key, which tells what has become of a row: ALTER TABLE … ADD PRIMARY KEY (…)';
  }
  return null;
}

/** Facts of a table ($1, quoted). Its key is the primary key, else the shortest unique one without nulls. */
const FACTS = `
  SELECT c.relkind AS kind, c.relpersistence = 'p' AS logged, pg_has_role(c.relowner, 'USAGE') AS owned,
         pg_get_userbyid(c.relowner) AS owner, row_security_active(c.oid) AS row_security,
         EXISTS (SELECT FROM pg_inherits WHERE c.oid IN (inhrelid, inhparent)) AS related,
         (SELECT ARRAY(SELECT a.attname::text FROM generate_series(0, i.indnkeyatts - 1) AS at
                       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[at] ORDER BY at)
          FROM pg_index i
          WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
            AND NOT EXISTS (SELECT FROM generate_series(0, i.indnkeyatts - 1) AS at
                            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[at] WHERE NOT a.attnotnull)
          ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1) AS key,
         (WITH RECURSIVE base AS (
            SELECT attname, attnum, atttypid AS type, atttypmod AS modifier FROM pg_attribute
            WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
            UNION ALL
            SELECT attname, attnum, typbasetype, typtypmod FROM base JOIN pg_type t ON t.oid = base.type WHERE typtype = 'd'
          )
          SELECT json_agg(json_build_object('name', attname, 'type', format_type(type, modifier),
                                            'base', format('%I.%I', nspname, typname)) ORDER BY attnum)
          FROM base JOIN pg_type t ON t.oid = base.type JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype <> 'd') AS columns
  FROM pg_class c WHERE c.oid = to_regclass($1)`;
