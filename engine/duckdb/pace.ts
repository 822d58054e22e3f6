import { DuckdbError } from './duckdb-error.ts';

/** How long a query has worked, and when it lets others work. */
export interface Pace {
  /**
   * To be called after each piece of work that blocks: lets other queries have their turn now and then.
   * @throws DuckdbError 'deadline'; the signal's reason when nobody waits any more.
   */
  step(): Promise<void> | undefined;
  /** Turns are short from now on: a step may take a thousand times as long as those before it, as within a join. */
  shorten(): void;
  /** Time until `resume` is not the query's: whoever reads its rows takes that long. */
  pause(): void;
  resume(): void;
}

/** Of turns. */
interface Turns {
  /** Milliseconds that one is to take: long beside the one that a timer costs, short for whoever waits. */
  readonly milliseconds: number;
  /** Steps of the first one. */
  readonly first: number;
  /** How many times as many steps the next one may have. */
  readonly growth: number;
}

const USUAL: Turns = { milliseconds: 25, first: 3, growth: 8 };
const SHORT: Turns = { milliseconds: 10, first: 1, growth: 2 };

/**
 * The clock of workerd shows the time of the last event, so a turn is as many steps as took the right time before.
 * @param deadline milliseconds of work.
 */
export function startPace(deadline: number, signal: AbortSignal | null): Pace {
  let remaining = deadline;
  let began = Date.now();
  let turnBegan = began;
  let steps = 0;
  let turns = USUAL;
  let turn = turns.first;

  function check(): void {
    signal?.throwIfAborted();
    if (remaining - (Date.now() - began) > 0) return;
    throw new DuckdbError('deadline', `the query takes more than ${deadline / 1000} s`);
  }

  async function yieldTurn(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    const now = Date.now();
    const wanted = (turn * turns.milliseconds) / Math.max(1, now - turnBegan);
    turn = Math.max(1, Math.min(Math.round(wanted), turns.growth * turn));
    steps = 0;
    turnBegan = now;
    check();
  }

  return {
    step() {
      check();
      return ++steps < turn ? undefined : yieldTurn();
    },
    shorten() {
      turns = SHORT;
      turn = turns.first;
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
