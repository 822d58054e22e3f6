import { bodyPieces } from './body-pieces.ts';
import type { TakeTurn, Turn } from './turns.ts';

/** Bytes of a body for which nobody has to wait for a turn. */
const SHORT = 2 ** 20;

/**
 * A turn for those who send a long body; null for a short one.
 * @throws BusyError, once the body is read: a client that still sends would not see the answer.
 */
export async function turnFor(request: Request, takeTurn: TakeTurn, patience: number): Promise<Turn | null> {
  const length = request.headers.get('content-length');
  if (length !== null && Number(length) <= SHORT) return null;
  return takeTurn(patience).catch(async (error) => {
    await discard(request).catch(() => {});
    throw error;
  });
}

async function discard(request: Request): Promise<void> {
  for await (const _ of bodyPieces(request, Number.POSITIVE_INFINITY, () => new Error('it has no end')));
}
