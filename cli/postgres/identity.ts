import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

/** Under which identity PostgreSQL's programs run: they refuse to run as root. */
export interface Identity {
  /** Put before the program, such as `unshare --user`. */
  readonly prefix: readonly string[];
  /** Switch to this user, who then owns the data folder; null to stay. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
}

const UNPRIVILEGED = { uid: 65534, gid: 65534 };

/**
 * An ordinary user runs the server as himself. Root runs it as the owner of an existing data folder; else in a
 * user namespace, where root's files stay root's and no system user is needed; else (containers often forbid
 * namespaces) as `nobody`.
 */
export function serverIdentity(postgresFolder: string): Identity {
  if (process.getuid?.() !== 0) return { prefix: [], user: null };
  const owner = statSync(postgresFolder, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { prefix: [], user: { uid: owner.uid, gid: owner.gid } };
  if (spawnSync('unshare', ['--user', 'true']).status === 0)
    return { prefix: ['unshare', '--user'], user: null };
  if (owner) {
    throw new Error(
      `PostgreSQL does not run as root, and this machine allows no user namespaces (unshare --user). Give ` +
        `${postgresFolder} to an ordinary user (chown -R), or set DATABASE_URL to a PostgreSQL server of your own.`,
    );
  }
  return { prefix: [], user: UNPRIVILEGED };
}

/** The command line and spawn options that run `program` under an identity. */
export function asIdentity(identity: Identity, program: string, args: readonly string[]) {
  const [command, ...rest] = [...identity.prefix, program, ...args];
  return { command: command!, args: rest, options: identity.user ?? {} };
}
