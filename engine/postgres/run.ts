import type { Batch, Overflow } from '../table/result.ts';
import type { PostgresAccess } from './access.ts';
import { cancelled, type PostgresError, postgresError, tookTooLong } from './errors.ts';
import { incomingRows, type PostgresQuery } from './incoming-rows.ts';
import { openSession } from './session.ts';

export interface PostgresLimits {
  /** Rows that are given; what comes after them is an overflow. */
  readonly rows: number;
  /** Seconds that may be spent waiting for the database; those that the rows' reader takes do not count. */
  readonly seconds: number;
}

/**
 * Runs a query on a connection of its own, as rows are taken. When they are not taken to the end, the signal is aborted or the time is over,
 * the query is stopped in the database too.
 * @throws PostgresError at the first batch or any later one.
 */
export async function* runPostgres(
  access: PostgresAccess,
  query: PostgresQuery,
  limits: PostgresLimits,
  signal: AbortSignal | null,
): AsyncGenerator<Batch, Overflow, undefined> {
  if (signal?.aborted) throw cancelled(signal.reason);
  const session = await openSession(access, limits.seconds, query.temporary).catch((error) => {
    throw postgresError(error);
  });
  const incoming = incomingRows(session.client, query, limits.rows);
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {});
  const stop = (error: PostgresError) => {
    stopped.reject(error);
    session.cancel();
  };
  const onAbort = () => stop(cancelled(signal?.reason));
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  let milliseconds = limits.seconds * 1000;

  async function next(): Promise<Batch | null> {
    const began = performance.now();
    const timer = setTimeout(() => stop(tookTooLong(limits.seconds)), milliseconds);
    try {
      return await Promise.race([stopped.promise, incoming.next()]);
    } finally {
      clearTimeout(timer);
      milliseconds -= performance.now() - began;
    }
  }

  try {
    for (let batch = await next(); batch !== null; batch = await next()) yield batch;
    return { overflow: incoming.overflow() };
  } catch (error) {
    throw postgresError(error);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    if (incoming.ended()) session.close();
    else await session.cancel();
  }
}
