import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { connect } from '../../catalog-export/database/connect.ts';
import {
  canMakeRoles,
  creation,
  makeReader,
  readerRole,
  registerReader,
} from '../../catalog-export/database/reader.ts';
import { grantPublished } from '../../catalog-export/database/reader-grants.ts';
import { inTransaction } from '../../catalog-export/database/transaction.ts';
import type { Settings } from '../settings.ts';
import type { Database } from './database.ts';

/** Where PostgreSQL is, and as whom TAP reads it. */
export interface ReaderAccess {
  /** `host:port`, or `unix:` and the path of a socket. */
  readonly address: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

interface Login {
  /** Or the folder of the server's socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const LOGIN_MILLISECONDS = 5000;

/**
 * The user as whom TAP reads a migrated database: that of READER_DATABASE_URL, or a role that is made now, whose password lies in the
 * data folder. It may read what is published, and nothing else.
 * @param warn hears of tables that this database user cannot let it read.
 * @throws Error saying what to do, where there can be no such user or it could do more than read.
 */
export async function openReader(
  database: Database,
  settings: Settings,
  warn: (message: string) => void,
): Promise<ReaderAccess> {
  const owner = await connect(database.url);
  try {
    const login =
      settings.readerDatabaseUrl === null
        ? await ownReader(owner, settings.dataFolder)
        : await givenReader(owner, settings.readerDatabaseUrl);
    await tryLogin(login);
    const missing = await inTransaction(owner, () => grantPublished(owner));
    if (missing.length > 0) {
      warn(
        `TAP cannot read some tables in PostgreSQL until somebody who owns them runs:\n  ${missing.join(';\n  ')};`,
      );
    }
    const { user, password, database: name } = login;
    return { address: addressOf(login), user, password, database: name };
  } finally {
    await owner.end().catch(() => {});
  }
}

async function ownReader(owner: pg.Client, dataFolder: string): Promise<Login> {
  const role = readerRole(owner.database!);
  if (!(await canMakeRoles(owner))) {
    throw new Error(
      `user "${owner.user}" may not make the role as which TAP reads PostgreSQL. Have somebody who may run\n` +
        `  ${creation(role).join(';\n  ')};\n  \\password ${role}\n` +
        `and set READER_DATABASE_URL=postgres://${role}:<password>@${owner.host}:${owner.port}/${owner.database}`,
    );
  }
  const password = await keptPassword(join(dataFolder, 'reader.password'));
  await makeReader(owner, role, password);
  return { host: owner.host, port: owner.port, user: role, password, database: owner.database! };
}

/** It is asked what it may do before it is trusted with strangers' queries. */
async function givenReader(owner: pg.Client, url: string): Promise<Login> {
  const reader = await connect(url, 'READER_DATABASE_URL');
  try {
    const { rows } = await reader.query(
      `SELECT current_user AS role,
              rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR EXISTS (
                SELECT FROM pg_class WHERE relkind IN ('r', 'p') AND has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
              ) AS mighty
       FROM pg_roles WHERE rolname = current_user`,
    );
    const { mighty, role } = rows[0];
    if (mighty || role === owner.user) {
      throw new Error(
        `READER_DATABASE_URL: user "${role}" may do more than read. Make one for this purpose:\n` +
          `  ${creation(readerRole(owner.database!)).join(';\n  ')};`,
      );
    }
    await registerReader(owner, role);
    const { host, port, password = '', database } = reader;
    return { host, port, user: role, password, database: database! };
  } finally {
    await reader.end().catch(() => {});
  }
}

/** Connects as the worker will, with a password and without TLS, so that what it would meet is told now. */
async function tryLogin(login: Login): Promise<void> {
  const reader = new pg.Client({ ...login, connectionTimeoutMillis: LOGIN_MILLISECONDS });
  reader.on('error', () => {});
  try {
    await reader.connect();
  } catch (error) {
    throw new Error(
      `user "${login.user}" cannot log in at ${addressOf(login)} as TAP does, with a password and without TLS: ` +
        `${(error as Error).message}. Let it in the server's pg_hba.conf, or reach the server by another address`,
      { cause: error },
    );
  } finally {
    await reader.end().catch(() => {});
  }
}

/** The first of several processes that come at once decides it. */
async function keptPassword(path: string): Promise<string> {
  const own = `${path}.${process.pid}`;
  await writeFile(own, randomBytes(24).toString('base64url'), { mode: 0o600 });
  try {
    await link(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(own);
  }
  return (await readFile(path, 'utf8')).trim();
}

function addressOf({ host, port }: Login): string {
  if (host.startsWith('/')) return `unix:${host}/.s.PGSQL.${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
