import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';
import { inTransaction } from './transaction.ts';

const FOLDER = new URL('./migrations/', import.meta.url);
/** Advisory lock that migrating processes take, so that one of them migrates. */
const MIGRATION_LOCK = 0x6d696772;
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Brings the database to this version of Almagest: runs those files of `migrations/` it has not seen, in order,
 * in one transaction. Touches only the schemas `almagest` and `tap_schema`.
 * @throws Error, having changed nothing, when the database has a `tap_schema` that Almagest did not make, was
 * migrated by a newer Almagest, or does not let this user create schemas.
 */
export async function migrate(client: pg.Client): Promise<void> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  await inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const applied = await appliedMigrations(client);
    const unknown = applied?.filter((name) => !files.includes(name)) ?? [];
    if (unknown.length > 0) {
      throw new Error(
        `the database was migrated by a newer Almagest (${unknown.join(', ')}): update Almagest`,
      );
    }
    if (applied === null) await begin(client);
    for (const file of files) {
      if (applied?.includes(file)) continue;
      await client.query(await readFile(new URL(file, FOLDER), 'utf8'));
      await client.query('INSERT INTO almagest.migration (name) VALUES ($1)', [file]);
    }
  }).catch(async (error) => {
    throw error.code === INSUFFICIENT_PRIVILEGE ? await privilegeError(client, error) : error;
  });
}

/** Names of the files that ran, null in a database that Almagest does not know. */
async function appliedMigrations(client: pg.Client): Promise<string[] | null> {
  const { rows: known } = await client.query(`SELECT to_regclass('almagest.migration') IS NOT NULL AS known`);
  if (!known[0].known) return null;
  const { rows } = await client.query<{ name: string }>('SELECT name FROM almagest.migration ORDER BY name');
  return rows.map((row) => row.name);
}

async function begin(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query(`SELECT FROM pg_namespace WHERE nspname = 'tap_schema'`);
  if (rowCount) {
    throw new Error(
      `database "${client.database}" already has a schema tap_schema that Almagest did not make (another TAP service, ` +
        'such as DaCHS?). Nothing was changed. Give Almagest a database of its own, and bring the tables there ' +
        'by postgres_fdw or replication.',
    );
  }
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS almagest;
    CREATE TABLE almagest.migration (name text PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())`);
}

async function privilegeError(client: pg.Client, cause: Error): Promise<Error> {
  const { rows } = await client.query(
    `SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = 'almagest'`,
  );
  const remedy = rows[0]
    ? `connect as "${rows[0].owner}", who set it up`
    : `GRANT CREATE ON DATABASE "${client.database}" TO "${client.user}"`;
  return new Error(
    `user "${client.user}" may not set up Almagest in database "${client.database}" (${cause.message}): ${remedy}`,
    { cause },
  );
}
