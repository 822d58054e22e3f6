import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Seconds that psql takes to run a query and write its rows as CSV, connecting and reading its own settings left out.
 * @returns null where there is no psql.
 */
export async function psqlSeconds(databaseUrl: string, sql: string): Promise<number | null> {
  const options = ['--no-psqlrc', '--csv', '--quiet', '--set=FETCH_COUNT=0', '--set=ON_ERROR_STOP=1'];
  const psql = spawn('psql', [databaseUrl, ...options], { stdio: ['pipe', 'pipe', 'inherit'] });
  const failed = once(psql, 'error').then(([error]) => error as NodeJS.ErrnoException);
  const ended = once(psql, 'close').then(([code]) => code as number);
  let heard = '';
  const ready = Promise.withResolvers<void>();
  psql.stdout.on('data', (chunk: Buffer) => {
    heard = (heard + chunk.toString('latin1')).slice(-100);
    if (heard.includes('\nready\n')) ready.resolve();
  });
  psql.stdin.on('error', () => {});
  psql.stdin.write(`\\echo\n\\echo ready\n`);
  const first = await Promise.race([ready.promise, failed, ended]);
  if (first instanceof Error) {
    if (first.code === 'ENOENT') return null;
    throw first;
  }
  const began = performance.now();
  psql.stdin.end(`${sql};\n`);
  if ((await ended) !== 0) throw new Error(`psql does not run ${sql}`);
  return (performance.now() - began) / 1000;
}
