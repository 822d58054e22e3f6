import { BusyError } from '../request-error.ts';

/** Milliseconds without a sign of life after which a turn is over: a request that is cancelled ends without a word. */
const LIFE = 60_000;
/** Milliseconds between two looks. */
const PAUSE = 20;

/** The right to be one of the few who do what takes memory. */
export interface Turn {
  /** Says that it goes on. */
  touch(): void;
  end(): void;
}

/** @returns a turn as soon as there is one. @throws BusyError where there is none within so many milliseconds. */
export type TakeTurn = (patience: number) => Promise<Turn>;

/** @param most turns at a time. */
export function createTurns(most: number): TakeTurn {
  /** When each gave its last sign of life. */
  const taken = new Map<symbol, number>();

  function isFree(): boolean {
    const now = Date.now();
    for (const [turn, last] of taken) if (now - last > LIFE) taken.delete(turn);
    return taken.size < most;
  }

  return async (patience) => {
    // By the clock, and not called by those that end: what one request begins workerd does not let another one wait for.
    for (let waited = 0; !isFree(); waited += PAUSE) {
      if (waited >= patience) throw new BusyError();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    const turn = Symbol();
    taken.set(turn, Date.now());
    return {
      touch: () => taken.set(turn, Date.now()),
      end: () => taken.delete(turn),
    };
  };
}
