import pg from 'pg';
import { BORN, DIED, HISTORY_SCHEMA } from '../../engine/postgres/table-history.ts';
import { quoted } from './identifier.ts';
import type { HistoryColumn } from './versioned-table.ts';

/** A column that is kept, as it is in the table: `pg_attribute`'s members. */
export interface ColumnShape {
  readonly attname: string;
  readonly attnum: number;
  readonly atttypid: number;
  readonly atttypmod: number;
}

/** A table that keeps the versions of its rows. */
export interface VersionedTable {
  /** `schema.table`, quoted. */
  readonly relation: string;
  /** Its history in HISTORY_SCHEMA. */
  readonly historyName: string;
  /** Columns that no two rows have the same values of. */
  readonly key: readonly string[];
  /** Columns that are kept, those of the key among them. */
  readonly columns: readonly HistoryColumn[];
  readonly shapes: readonly ColumnShape[];
  /** The transaction (xid8) in which the history was made to agree with the table. */
  readonly agreed: string;
}

/** The history, and the function that writes it, which has the same name. */
export function historyPath(historyName: string): string {
  return `${quoted(HISTORY_SCHEMA)}.${quoted(historyName)}`;
}

/** The function's variables, as no column can be called. */
const WRITER = 'almagest.writer';
const IS_OWN = '(almagest.horizon IS NULL OR almagest.is_own(b.xmin, almagest.writer, almagest.horizon))';

/**
 * One for each way to write: transition tables belong to one event. What a subscription of logical replication writes comes by rows, as to a
 * replica.
 */
export const TRIGGERS = [
  {
    name: 'almagest_history_insert',
    event: 'INSERT',
    rows: 'REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT',
    role: 'ALWAYS',
  },
  {
    name: 'almagest_history_update',
    event: 'UPDATE',
    rows: 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT',
    role: 'ALWAYS',
  },
  {
    name: 'almagest_history_delete',
    event: 'DELETE',
    rows: 'REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT',
    role: 'ALWAYS',
  },
  { name: 'almagest_history_truncate', event: 'TRUNCATE', rows: 'FOR EACH STATEMENT', role: 'ALWAYS' },
  {
    name: 'almagest_history_replicated',
    event: 'INSERT OR UPDATE OR DELETE',
    rows: 'FOR EACH ROW',
    role: 'REPLICA',
  },
] as const;

/** SQL of the triggers that keep the versions of a table's rows. Their function must be there. */
export function historyTriggers({ relation, historyName }: VersionedTable): string {
  return TRIGGERS.map(
    ({ name, event, rows, role }) =>
      `CREATE TRIGGER ${name} AFTER ${event} ON ${relation} ${rows} EXECUTE FUNCTION ${historyPath(historyName)}();
       ALTER TABLE ${relation} ENABLE ${role} TRIGGER ${name};`,
  ).join('\n');
}

/**
 * SQL of the function behind the triggers. Whatever a statement did, and whichever triggers of the user's wrote meanwhile, it makes the history
 * of the keys that were touched agree with the table. Where it cannot it notes that, and the statement goes on: the table has another name,
 * or not the columns any more that are kept; or a transaction of repeatable reads writes that does not see the versions, or truncates those that it does not see.
 *
 * Joins go by the indexes, so that a plan that was made for one row does for a million, and the other way round.
 */
export function historyFunction(table: VersionedTable): string {
  const { relation, historyName, columns, shapes, agreed } = table;
  const history = historyPath(historyName);
  const key = (row: string) => `SELECT ${table.key.map((name) => `${row}.${quoted(name)}`).join(', ')}`;
  const [oldRows, newRows] = [`${key('r')} FROM old_rows r`, `${key('r')} FROM new_rows r`];
  const body = `
#variable_conflict use_column
<<almagest>>
DECLARE
  writer constant xid8 := pg_current_xact_id();
  -- A transaction of repeatable reads sees a row that another has removed beside the one that it put in its place. One of read committed
  -- sees what there is.
  horizon constant xid8 := CASE current_setting('transaction_isolation') WHEN 'read committed' THEN NULL
    ELSE pg_snapshot_xmax(pg_current_snapshot()) END;
BEGIN
  IF to_regclass(${literal(history)}) IS NULL OR to_regclass(${literal(relation)}) IS DISTINCT FROM TG_RELID
    ${lostTypes(columns)} OR ${lacksColumns(shapes)}
    OR (almagest.horizon IS NOT NULL
      AND (TG_OP = 'TRUNCATE' OR NOT pg_visible_in_snapshot(${literal(agreed)}::xid8, pg_current_snapshot()))) THEN
    -- One note for a transaction; a note of before may be one that it alone sees still.
    IF current_setting('almagest.missed_' || TG_RELID, true) IS DISTINCT FROM almagest.writer::text THEN
      INSERT INTO almagest.history_fault (history_name) VALUES (${literal(historyName)});
      PERFORM set_config('almagest.missed_' || TG_RELID, almagest.writer::text, true);
    END IF;
  ELSIF TG_OP = 'TRUNCATE' THEN
    INSERT INTO almagest.history_file SELECT ${literal(historyName)}, relfilenode FROM pg_class WHERE oid = TG_RELID;
    ${agree(table, null, WRITER)}
  ELSIF TG_LEVEL = 'ROW' THEN
    IF TG_OP <> 'INSERT' THEN ${agree(table, key('OLD'), WRITER)} END IF;
    IF TG_OP <> 'DELETE' THEN ${agree(table, key('NEW'), WRITER)} END IF;
  ELSIF TG_OP = 'INSERT' THEN
    ${births(table, newRows, WRITER)}
  ELSIF TG_OP = 'UPDATE' THEN
    ${agree(table, `${oldRows} UNION ${newRows}`, WRITER)}
  ELSE
    ${agree(table, oldRows, WRITER)}
  END IF;
  RETURN NULL;
END`;
  return `
    CREATE OR REPLACE FUNCTION ${history}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS ${literal(body)};
    REVOKE EXECUTE ON FUNCTION ${history}() FROM PUBLIC;
    COMMENT ON FUNCTION ${history}() IS ${literal(`Keeps the versions of the rows of ${relation}`)};`;
}

/**
 * SQL that makes a history agree with the table: versions that are not there any more die, rows that have none get one.
 * @param keys a SELECT of keys whose rows the transaction has written, within `historyFunction`; null for all keys
 * @param writer the transaction with which they die and are born, an xid8
 */
export function agree(table: VersionedTable, keys: string | null, writer: string): string {
  const history = historyPath(table.historyName);
  const gone = `h.${DIED} IS NULL AND NOT EXISTS (
      SELECT FROM ${table.relation} b
      WHERE ${equalKeys(table, 'b', 'h')} AND ${record(table, 'b')} *= ${record(table, 'h')}${keys === null ? '' : ` AND ${IS_OWN}`})`;
  const touched = keys === null ? '' : `(${keys}) k`;
  const condition = keys === null ? gone : `${equalKeys(table, 'h', 'k')} AND ${gone}`;
  // What came in the same transaction nobody has seen.
  return `
    DELETE FROM ${history} h ${touched && `USING ${touched}`} WHERE ${condition} AND h.${BORN} = ${writer};
    UPDATE ${history} h SET ${DIED} = ${writer} ${touched && `FROM ${touched}`} WHERE ${condition};
    ${keys === null ? missingBirths(table, writer) : births(table, keys, writer)}`;
}

/**
 * SQL that adds the rows with some keys, where the history has no version that is there. Its unique index knows that, whatever the
 * transaction sees.
 */
function births(table: VersionedTable, keys: string, writer: string): string {
  return `${allRows(table, writer)} JOIN (${keys}) k ON ${equalKeys(table, 'b', 'k')} WHERE ${IS_OWN} ON CONFLICT DO NOTHING;`;
}

function missingBirths(table: VersionedTable, writer: string): string {
  return `${allRows(table, writer)} WHERE NOT EXISTS (
      SELECT FROM ${historyPath(table.historyName)} h WHERE ${equalKeys(table, 'h', 'b')} AND h.${DIED} IS NULL);`;
}

function allRows({ relation, historyName, columns }: VersionedTable, writer: string): string {
  const names = columns.map(({ name }) => quoted(name));
  return `
    INSERT INTO ${historyPath(historyName)} (${BORN}, ${names.join(', ')})
    SELECT ${writer}, ${names.map((name) => `b.${name}`).join(', ')} FROM ${relation} b`;
}

function equalKeys({ key }: VersionedTable, a: string, b: string): string {
  return key.map((name) => `${a}.${quoted(name)} = ${b}.${quoted(name)}`).join(' AND ');
}

/** Records are compared byte by byte: -0 is not 0, and NaN is NaN. Types must be the same, which a domain and its base are not. */
function record({ columns }: VersionedTable, row: string): string {
  return `ROW(${columns.map(({ name, base }) => `${row}.${quoted(name)}::${base}`).join(', ')})::record`;
}

const literal = pg.escapeLiteral;

/** Conditions that a type of the user's, which the function names, has another name. */
function lostTypes(columns: readonly HistoryColumn[]): string {
  const own = new Set(columns.map(({ base }) => base).filter((base) => !base.startsWith('pg_catalog.')));
  return [...own].map((base) => `OR to_regtype(${literal(base)}) IS NULL`).join(' ');
}

/** The condition that the table has not all columns any more as they were. */
function lacksColumns(shapes: readonly ColumnShape[]): string {
  const cases = shapes.map(
    ({ attname, attnum, atttypid, atttypmod }) =>
      `WHEN ${attnum} THEN attname = ${literal(attname)} AND atttypid = ${atttypid} AND atttypmod = ${atttypmod}`,
  );
  return `(SELECT count(*) FROM pg_attribute WHERE attrelid = TG_RELID AND CASE attnum ${cases.join(' ')} ELSE false END) <> ${shapes.length}`;
}
