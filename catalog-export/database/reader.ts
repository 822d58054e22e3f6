import pg from 'pg';
import { quoted } from './identifier.ts';
import { scramVerifier } from './scram.ts';
import { inTransaction } from './transaction.ts';

/** Queries that run at a time at most, and what stops them. */
const CONNECTIONS = 64;

const SETTINGS: Record<string, string> = {
  default_transaction_read_only: 'on',
  statement_timeout: '1h',
  idle_in_transaction_session_timeout: '5min',
};

/** Each query logs in: with the usual 4,096 that takes longer than most queries. A password of random bytes is not guessed anyway. */
const ITERATIONS = 1;

/** Of one query; only a superuser may set it. */
const TEMPORARY_SPACE = '10GB';

/** Advisory lock of those who change roles and what they may read, whose rows two cannot change at a time. */
export const READER_LOCK = 0x72656164;

const COMMENT = 'reads what Almagest publishes';

/** The role as which TAP reads a database. Roles belong to the whole server: each database has its own. */
export function readerRole(database: string): string {
  return database === 'almagest' ? 'almagest_reader' : `almagest_reader_${database}`;
}

/** Whether this user may make the reader's role. */
export async function canMakeRoles(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    'SELECT rolsuper OR rolcreaterole AS can FROM pg_roles WHERE rolname = current_user',
  );
  return rows[0].can;
}

/**
 * Makes the reader's role, or gives the one it has this password, which must be 16 random bytes or more. It can log in, and read what `grantPublished` lets it.
 * @throws Error when there is a role of this name that Almagest did not make.
 */
export async function makeReader(client: pg.Client, role: string, password: string): Promise<void> {
  await inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [READER_LOCK]);
    const { rows } = await client.query(
      `SELECT own.rolsuper AS superuser, role.oid AS role, shobj_description(role.oid, 'pg_authid') AS comment
       FROM pg_roles own LEFT JOIN pg_roles role ON role.rolname = $1
       WHERE own.rolname = current_user`,
      [role],
    );
    if (rows[0].role === null) await client.query(creation(role).join(';'));
    else if (rows[0].comment !== COMMENT) {
      throw new Error(
        `the database server has a role ${role} that Almagest did not make: rename it, or set READER_DATABASE_URL`,
      );
    }
    const verifier = scramVerifier(password, ITERATIONS);
    await client.query(`ALTER ROLE ${quoted(role)} PASSWORD ${pg.escapeLiteral(verifier)}`);
    if (rows[0].superuser)
      await client.query(`ALTER ROLE ${quoted(role)} SET temp_file_limit = '${TEMPORARY_SPACE}'`);
    await registerReader(client, role);
  });
}

/** SQL with which somebody who may make roles makes the reader's, to be given a password. */
export function creation(role: string): string[] {
  const name = quoted(role);
  return [
    `CREATE ROLE ${name} LOGIN NOINHERIT CONNECTION LIMIT ${CONNECTIONS}`,
    `COMMENT ON ROLE ${name} IS ${pg.escapeLiteral(COMMENT)}`,
    ...Object.entries(SETTINGS).map(([setting, value]) => `ALTER ROLE ${name} SET ${setting} = '${value}'`),
  ];
}

/** From now on `grantPublished` looks after this role. */
export async function registerReader(client: pg.Client, role: string): Promise<void> {
  await client.query('INSERT INTO almagest.reader (role_name) VALUES ($1) ON CONFLICT DO NOTHING', [role]);
}
