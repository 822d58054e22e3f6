import { join, resolve } from 'node:path';
import { checkAuthority } from '../catalog-export/images/identifiers.ts';
import { isS3Address } from '../engine/storage/s3-location.ts';
import { targetFolder } from './target.ts';

/** Where the running project keeps its things and whom it talks to. All folders are absolute. */
export interface Settings {
  readonly dataFolder: string;
  /** Where releases are: a folder, or `s3://bucket/prefix`. */
  readonly bucket: string;
  readonly postgresFolder: string;
  readonly workerFolder: string;
  /** Where the service keeps jobs and their results. */
  readonly jobsFolder: string;
  /** The user's own PostgreSQL; null for the embedded server. */
  readonly databaseUrl: string | null;
  /** As whom TAP reads that PostgreSQL; null for a role that Almagest makes. */
  readonly readerDatabaseUrl: string | null;
  /** Address on which the service listens. */
  readonly host: string;
  /** Port of the service. */
  readonly port: number;
  /** Naming authority of the IVOA identifiers that images get. */
  readonly authority: string;
}

/** A reserved name (RFC 2606): an observatory has its own. */
const DEFAULT_AUTHORITY = 'almagest.example';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 8787;

/**
 * Reads `ALMAGEST_DATA`, `ALMAGEST_BUCKET`, `DATABASE_URL`, `READER_DATABASE_URL`, `ALMAGEST_HOST`, `PORT` and `ALMAGEST_AUTHORITY`; a variable that is empty counts as unset.
 * (`HOST` would be the shorter name, but csh and conda set it to something else.)
 * @throws Error when `PORT` is not a port number, `ALMAGEST_BUCKET` neither a folder nor `s3://…`, or `ALMAGEST_AUTHORITY` no authority.
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env, cwd: string = process.cwd()): Settings {
  const dataFolder = resolve(cwd, env.ALMAGEST_DATA || '.almagest');
  return {
    dataFolder,
    bucket: env.ALMAGEST_BUCKET ? readBucket(env.ALMAGEST_BUCKET, cwd) : join(dataFolder, 'bucket'),
    postgresFolder: join(dataFolder, 'postgres'),
    workerFolder: join(dataFolder, 'worker'),
    jobsFolder: join(dataFolder, 'jobs'),
    databaseUrl: env.DATABASE_URL || null,
    readerDatabaseUrl: env.READER_DATABASE_URL || null,
    host: env.ALMAGEST_HOST || DEFAULT_HOST,
    port: env.PORT ? readPort(env.PORT) : DEFAULT_PORT,
    authority: env.ALMAGEST_AUTHORITY ? checkAuthority(env.ALMAGEST_AUTHORITY) : DEFAULT_AUTHORITY,
  };
}

/**
 * The folder that a service on this machine serves releases from.
 * @throws Error when they are in the cloud.
 */
export function bucketFolder({ bucket }: Settings): string {
  if (!isS3Address(bucket)) return bucket;
  throw new Error(
    `releases are served here from a folder, and ALMAGEST_BUCKET is ${bucket}: ` +
      'unset it, or make it a folder; "almagest export --target" writes elsewhere',
  );
}

function readBucket(address: string, cwd: string): string {
  return isS3Address(address) ? address : targetFolder(address, cwd);
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new Error(`PORT=${text} is not a port number: give one between 1 and 65535, or 0 for a free one`);
  }
  return port;
}
