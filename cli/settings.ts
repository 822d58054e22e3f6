import { join, resolve } from 'node:path';

/** Where the running project keeps its things and whom it talks to. All folders are absolute. */
export interface Settings {
  readonly dataFolder: string;
  readonly bucketFolder: string;
  readonly postgresFolder: string;
  readonly workerFolder: string;
  /** The user's own PostgreSQL; null for the embedded server. */
  readonly databaseUrl: string | null;
  /** As whom TAP reads that PostgreSQL; null for a role that Almagest makes. */
  readonly readerDatabaseUrl: string | null;
  /** Address on which the service listens. */
  readonly host: string;
  /** Port of the service. */
  readonly port: number;
}

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 8787;

/**
 * Reads `ALMAGEST_DATA`, `DATABASE_URL`, `READER_DATABASE_URL`, `ALMAGEST_HOST` and `PORT`; a variable that is empty counts as unset. (`HOST` would be
 * the shorter name, but csh and conda set it to something else.)
 * @throws Error when `PORT` is not a port number.
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env, cwd: string = process.cwd()): Settings {
  const dataFolder = resolve(cwd, env.ALMAGEST_DATA || '.almagest');
  return {
    dataFolder,
    bucketFolder: join(dataFolder, 'bucket'),
    postgresFolder: join(dataFolder, 'postgres'),
    workerFolder: join(dataFolder, 'worker'),
    databaseUrl: env.DATABASE_URL || null,
    readerDatabaseUrl: env.READER_DATABASE_URL || null,
    host: env.ALMAGEST_HOST || DEFAULT_HOST,
    port: env.PORT ? readPort(env.PORT) : DEFAULT_PORT,
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new Error(`PORT=${text} is not a port number: give one between 1 and 65535, or 0 for a free one`);
  }
  return port;
}
