import type { Hyperdrive, Socket } from '@cloudflare/workers-types';

/** Where the published tables are, and as whom they are read. */
export interface PostgresAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Opens a socket to the server; null where Node does that itself. */
  readonly connect: (() => Socket) | null;
}

/** PostgreSQL through a Hyperdrive binding. */
export function hyperdriveAccess(hyperdrive: Hyperdrive): PostgresAccess {
  // Not its connectionString: bare workerd does not escape what it puts there.
  const { host, port, user, password, database } = hyperdrive;
  return { host, port, user, password, database, connect: () => hyperdrive.connect() };
}
