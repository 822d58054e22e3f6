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

/** Milliseconds that a turn is to take: long beside the one that a timer costs, short for whoever waits. */
const TURN = 25;

/** Steps of the first turn, and by how much the next may be longer: of a query's steps some take a hundred times as long as others. */
const FIRST_TURN = 3;
const GROWTH = 8;

/**
 * The clock of workerd shows the time of the last event, so a turn is as many steps as took the right time before.
 * @param deadline milliseconds of work.
 */
export function startPace(deadline: number, signal: AbortSignal | null): Pace {
  let remaining = deadline;
  let began = Date.now();
  let turnBegan = began;
  let steps = 0;
  let turn = FIRST_TURN;

  function check(): void {
    signal?.throwIfAborted();
    if (remaining - (Date.now() - began) > 0) return;
    throw new DuckdbError('deadline', `the query takes more than ${deadline / 1000} s`);
  }

  async function yieldTurn(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    const now = Date.now();
    const wanted = (turn * TURN) / Math.max(1, now - turnBegan);
    turn = Math.max(1, Math.min(Math.round(wanted), GROWTH * turn));
    steps = 0;
    turnBegan = now;
    check();
  }

  return {
    step() {
      check();
      return ++steps < turn ? undefined : yieldTurn();
    },
    pause() {
      remaining -= Date.now() - began;
      began = Number.POSITIVE_INFINITY;
    },
    resume() {
      began = Date.now();
      turnBegan = began;
    },
  };
}
