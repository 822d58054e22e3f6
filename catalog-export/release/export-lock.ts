import type pg from 'pg';

/**
 * Runs a task while no other export of the catalogue can run from the same database. The lock belongs to the
 * connection: when the process or the connection dies, PostgreSQL lets it go.
 * @throws Error when another export holds it.
 */
export async function withExportLock<T>(
  client: pg.Client,
  catalog: string,
  task: () => Promise<T>,
): Promise<T> {
  const key = `almagest export ${catalog}`;
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
    [key],
  );
  if (!rows[0]!.locked) {
    throw new Error(`another export of ${catalog} is running: wait until it has ended, or stop it`);
  }
  try {
    return await task();
  } finally {
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [key]).catch(() => {
      // The connection is gone, and the lock with it; the task's own error says why.
    });
  }
}
