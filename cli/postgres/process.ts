import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** What a running server says of itself in `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  /** 0 while the server is only starting. */
  readonly port: number;
}

/** Reads `postmaster.pid`, which a killed server leaves behind; null where there is none. */
export function readPostmaster(postgresFolder: string): Postmaster | null {
  try {
    const lines = readFileSync(join(postgresFolder, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Math.abs(Number(lines[0]));
    return pid > 0 ? { pid, port: Number(lines[3]) || 0 } : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whether a process has this id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether the process is the server of this folder, and not a stranger to whom the system has given the id of
 * a server that was killed. A server's working directory is its data folder.
 */
export function servesFolder(pid: number, postgresFolder: string): boolean {
  const folder = realpathSync(postgresFolder);
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === folder;
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).includes(folder);
  } catch {
    return false;
  }
}

/**
 * What a killed server has left running: queries that calculate without a pause, which do not notice, and their parallel workers, which not
 * even their time ends. Processes of a server that lives are its children, and none of these. Found on Linux only.
 */
export function orphansOf(postgresFolder: string): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && servesFolder(pid, postgresFolder))
    .filter((pid) => {
      const { title, parent } = readProcess(pid);
      // A server that starts has no such title yet, only its path.
      return title.startsWith('postgres: ') && !servesFolder(parent, postgresFolder);
    });
}

/** Both empty where the process has just ended. */
function readProcess(pid: number): { readonly title: string; readonly parent: number } {
  try {
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { title, parent: Number(parent) };
  } catch {
    return { title: '', parent: 0 };
  }
}
