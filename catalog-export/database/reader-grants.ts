import type pg from 'pg';
import type { Table } from '../../engine/catalog/table.ts';
import { BORN, DIED } from '../../engine/postgres/table-history.ts';
import { TAP_SCHEMA_TABLES } from '../../engine/tap-schema/tables.ts';
import { quoted, quotedTable } from './identifier.ts';
import { READER_LOCK } from './reader.ts';
import { historyTable } from './row-history.ts';
import { publishedTables } from './tap-schema.ts';

/**
 * Lets the readers read the published columns of the published tables, and no others, and make temporary tables, which uploads become. In a
 * transaction.
 * @returns SQL that others have to run, for tables that this user may not let them read.
 */
export async function grantPublished(client: pg.Client): Promise<string[]> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [READER_LOCK]);
  const readers = await client.query<{ role_name: string }>(
    'SELECT role_name FROM almagest.reader JOIN pg_roles ON rolname = role_name ORDER BY role_name',
  );
  const published = await publishedTables(client);
  const tables = [
    ...published.map(readable),
    ...TAP_SCHEMA_TABLES.map(readable),
    ...(await histories(client, published)),
  ];
  const missing: string[] = [];
  for (const { role_name: role } of readers.rows) {
    await client.query(`GRANT USAGE ON SCHEMA almagest TO ${quoted(role)}`);
    missing.push(...(await grantTemporary(client, role)));
    await revokeOthers(client, role, tables);
    for (const table of tables) missing.push(...(await grantTable(client, role, table)));
  }
  return missing;
}

/** Everybody may, unless somebody took it away. */
async function grantTemporary(client: pg.Client, role: string): Promise<string[]> {
  const { rows } = await client.query<{ may: boolean; owned: boolean; datname: string }>(
    `SELECT has_database_privilege($1, oid, 'TEMPORARY') AS may, pg_has_role(datdba, 'USAGE') AS owned, datname
     FROM pg_database WHERE datname = current_database()`,
    [role],
  );
  const { may, owned, datname } = rows[0]!;
  if (may) return [];
  const grant = `GRANT TEMPORARY ON DATABASE ${quoted(datname)} TO ${quoted(role)}`;
  if (!owned) return [grant];
  await client.query(grant);
  return [];
}

interface Readable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

function readable({ schema, name, columns }: Table): Readable {
  return { schema, name, columns: columns.map((column) => column.name) };
}

/** Of versions of rows what is published of the rows. */
async function histories(client: pg.Client, published: readonly Table[]): Promise<Readable[]> {
  const kept: Readable[] = [];
  for (const table of published) {
    const history = await historyTable(client, table);
    if (history === null) continue;
    const { schema, name, columns } = readable(history);
    kept.push({ schema, name, columns: [...columns, BORN, DIED] });
  }
  return kept.length === 0 ? [] : [...kept, HISTORIES_VIEW];
}

const HISTORIES_VIEW: Readable = {
  schema: 'almagest',
  name: 'histories',
  columns: ['schema_name', 'table_name', 'history_name', 'id'],
};

async function revokeOthers(client: pg.Client, role: string, tables: readonly Readable[]): Promise<void> {
  const { rows } = await client.query<{ relation: string }>(
    `SELECT c.oid::regclass::text AS relation
     FROM pg_class c
     WHERE c.oid <> ALL (SELECT to_regclass(name) FROM unnest($2::text[]) AS name WHERE to_regclass(name) IS NOT NULL)
       AND has_table_privilege(c.oid, 'SELECT WITH GRANT OPTION')
       AND (EXISTS (SELECT FROM aclexplode(c.relacl) acl JOIN pg_roles r ON r.oid = acl.grantee WHERE r.rolname = $1)
         OR EXISTS (SELECT FROM pg_attribute a, aclexplode(a.attacl) acl JOIN pg_roles r ON r.oid = acl.grantee
                    WHERE a.attrelid = c.oid AND r.rolname = $1))`,
    [role, tables.map(quotedTable)],
  );
  for (const { relation } of rows) await client.query(`REVOKE ALL ON ${relation} FROM ${quoted(role)}`);
}

interface Privileges {
  /** Published columns that the table has. */
  readonly columns: string[];
  readonly reader_uses_schema: boolean;
  readonly reader_reads: boolean;
  readonly grants_schema: boolean;
  readonly grants_table: boolean;
}

async function grantTable(client: pg.Client, role: string, table: Readable): Promise<string[]> {
  const { rows } = await client.query<Privileges>(
    `SELECT array_agg(a.attname::text) AS columns,
            has_schema_privilege($1, n.oid, 'USAGE') AS reader_uses_schema,
            bool_and(has_column_privilege($1, c.oid, a.attnum, 'SELECT')) AS reader_reads,
            has_schema_privilege(n.oid, 'USAGE WITH GRANT OPTION') AS grants_schema,
            has_table_privilege(c.oid, 'SELECT WITH GRANT OPTION') AS grants_table
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.oid = to_regclass($2) AND a.attname = ANY ($3) AND a.attnum > 0 AND NOT a.attisdropped
     GROUP BY c.oid, n.oid`,
    [role, quotedTable(table), table.columns],
  );
  const [found] = rows;
  if (found === undefined) return [];
  const reader = quoted(role);
  const usage = `GRANT USAGE ON SCHEMA ${quoted(table.schema)} TO ${reader}`;
  const select = `GRANT SELECT (${found.columns.map(quoted).join(', ')}) ON ${quotedTable(table)} TO ${reader}`;
  const missing: string[] = [];
  if (found.grants_schema) await client.query(usage);
  else if (!found.reader_uses_schema) missing.push(usage);
  // Columns that are not published any more go with the revoked ones.
  if (found.grants_table) await client.query(`REVOKE ALL ON ${quotedTable(table)} FROM ${reader}; ${select}`);
  else if (!found.reader_reads) missing.push(select);
  return missing;
}
