import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { postgresBinaries } from './binaries.ts';
import { asIdentity, type Identity, serverIdentity } from './identity.ts';
import { isAlive } from './process.ts';

export const SUPERUSER = 'almagest';
const PASSWORD_FILE = 'almagest.password';

/**
 * Makes the data folder of the embedded server, unless it is there. It is built under another name and moved
 * into place: a folder with this name is complete, and of several processes that come at once one wins.
 * @throws Error with initdb's own words when it fails.
 */
export async function ensureCluster(postgresFolder: string): Promise<void> {
  if ((await readPassword(postgresFolder)) !== null) return;
  if (existsSync(postgresFolder) && (await readPassword(postgresFolder)) === null) {
    throw new Error(
      `${postgresFolder} exists, but Almagest did not make it: move it away, or set ALMAGEST_DATA`,
    );
  }
  await mkdir(dirname(postgresFolder), { recursive: true });
  await sweepAbandoned(postgresFolder);

  const fresh = `${postgresFolder}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${fresh}.password`;
  const identity = serverIdentity(postgresFolder);
  try {
    await mkdir(fresh, { mode: 0o700 });
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (identity.user) {
      for (const path of [fresh, passwordFile]) await chown(path, identity.user.uid, identity.user.gid);
    }
    await initdb(identity, fresh, passwordFile);
    await rename(passwordFile, join(fresh, PASSWORD_FILE));
    await rename(fresh, postgresFolder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
    const anotherProcessWon = (await readPassword(postgresFolder)) !== null;
    if (!anotherProcessWon) throw error;
  }
}

/** The superuser's password, null where there is no server's data folder. */
export async function readPassword(postgresFolder: string): Promise<string | null> {
  try {
    return (await readFile(join(postgresFolder, PASSWORD_FILE), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function initdb(identity: Identity, folder: string, passwordFile: string): Promise<void> {
  // The built-in C.UTF-8 locale depends on no locale of the machine and sorts the same everywhere.
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const login = [`--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const { command, args, options } = asIdentity(identity, postgresBinaries().initdb, [
    `--pgdata=${folder}`,
    ...locale,
    ...login,
  ]);
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  const [code, words] = await Promise.all([exit, text(child.stderr)]);
  if (code !== 0) throw new Error(`PostgreSQL's data folder could not be made: ${words.trim()}`);
}

/** Removes what killed processes left half-made. */
async function sweepAbandoned(postgresFolder: string): Promise<void> {
  const parent = dirname(postgresFolder);
  for (const name of await readdir(parent)) {
    const [, pid] = name.match(/\.new-(\d+)-/) ?? [];
    if (!pid || !name.startsWith(`${basename(postgresFolder)}.new-`) || isAlive(Number(pid))) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}
