import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../cli/postgres/process.ts';
import { projectFolder } from '../cli/service/wrangler.ts';

const cache = join(projectFolder, 'node_modules', '.cache', 'almagest');
const DAY = 24 * 3600 * 1000;
/** Milliseconds. */
const POLL = 100;

export interface MadeOnce {
  /** What the folder's name in the cache begins with. */
  readonly name: string;
  /** Patterns of the files that it is made from: when none of them changed, neither did the folder. */
  readonly sources: readonly string[];
  /** Makes the folder, `result` in an empty one that is removed afterwards. */
  readonly make: (workplace: string) => Promise<void>;
}

/** A folder that is made once for each content of the sources, and then shared: read-only. */
export async function madeOnce({ name, sources, make }: MadeOnce): Promise<string> {
  const folder = join(cache, `${name}-${await fingerprint(sources)}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  await removeOld(name);
  const release = await turnToMake(folder);
  if (release === null) return folder;
  const workplace = await mkdtemp(join(cache, 'unfinished-'));
  try {
    await make(workplace);
    // Where two had the turn after all, what the other made is as good.
    await rename(join(workplace, 'result'), folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(workplace, { recursive: true, force: true });
    await release();
  }
  return folder;
}

/** Waits while another process makes the folder. @returns what gives the turn back; null once the folder is there. */
async function turnToMake(folder: string): Promise<(() => Promise<void>) | null> {
  const lock = `${folder}.making`;
  const release = () => rm(lock, { force: true });
  for (;;) {
    if (existsSync(folder)) return null;
    const isMine = await writeFile(lock, `${process.pid}`, { flag: 'wx' }).then(
      () => true,
      () => false,
    );
    if (isMine && !existsSync(folder)) return release;
    const maker = Number(await readFile(lock, 'utf8').catch(() => Number.NaN));
    if (isMine || !isAlive(maker)) await release();
    else await sleep(POLL);
  }
}

/** A younger one may be in use. */
async function removeOld(name: string): Promise<void> {
  for (const entry of await readdir(cache)) {
    const path = join(cache, entry);
    if (!entry.startsWith(`${name}-`) || Date.now() - (await stat(path)).mtimeMs < DAY) continue;
    await rm(path, { recursive: true, force: true });
  }
}

async function fingerprint(sources: readonly string[]): Promise<string> {
  const files = globSync([...sources], { cwd: projectFolder, exclude: ['**/*.test.ts', '**/target/**'] });
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const content = await readFile(join(projectFolder, file)).catch(() => '');
    hash.update(file).update('\0').update(content).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
