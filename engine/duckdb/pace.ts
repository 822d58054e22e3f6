import { DuckdbError } from './duckdb-error.ts';

/** How long a query has worked, and when it lets others work. */
export interface Pace {
  /**
   * To be called after each piece of work that blocks: lets other queries have their turn now and then.
   * @throws DuckdbError 'deadline'; the signal's reason when nobody waits any more.
   */
  step(): Promise<void> | undefined;
  /** Time until `resume` is not the query's: whoever reads its rows takes that long. */
  pause(): void;
  resume(): void;
}

/** Milliseconds of a turn: long beside the cost of a timer, short for whoever waits. */
const LONGEST_TURN = 40;
const SHORTEST_TURN = 10;

/** Steps of the first turn. */
const FIRST_TURN = 2;

/**
 * The clock of workerd shows the time of the last event, so a turn is as many steps as took the right time before.
 * @param deadline milliseconds of work.
 */
export function startPace(deadline: number, signal: AbortSignal | null): Pace {
  let remaining = deadline;
  let began = Date.now();
  let steps = 0;
  let turn = FIRST_TURN;

  function check(): void {
    signal?.throwIfAborted();
    if (remaining - (Date.now() - began) > 0) return;
    throw new DuckdbError('deadline', `the query takes more than ${deadline / 1000} s`);
  }

  async function yieldTurn(): Promise<void> {
    const before = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 0));
    const took = Date.now() - before;
    if (took > LONGEST_TURN) turn = Math.max(1, turn >> 1);
    else if (took < SHORTEST_TURN) turn *= 2;
    check();
  }

  return {
    step() {
      check();
      if (++steps < turn) return undefined;
      steps = 0;
      return yieldTurn();
    },
    pause() {
      remaining -= Date.now() - began;
      began = Number.POSITIVE_INFINITY;
    },
    resume() {
      began = Date.now();
    },
  };
}
