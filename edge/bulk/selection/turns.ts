import type { Make } from './kept-outputs.ts';

/** Outputs that are made at a time: each takes some megabytes, and leaves many more for V8 to collect; an isolate has 128. */
const AT_A_TIME = 3;
/** Milliseconds that one waits for its turn at most, so that slow readers hold nobody up for long. */
const PATIENCE = 5000;
/** Milliseconds without a piece after which an output does not count: its reader is slow, or gone. */
const IDLE = 1000;
/** Milliseconds between two looks. */
const PAUSE = 10;

/** Lets few outputs be made at a time, as far as their readers are quick: they come sooner one after the other than all at once. */
export function createTurns() {
  /** When each that is being made gave its last piece. */
  const active = new Map<symbol, number>();

  function isFull(): boolean {
    const now = Date.now();
    for (const [output, last] of active) if (now - last > IDLE) active.delete(output);
    return active.size >= AT_A_TIME;
  }

  return async function* inTurn(make: Make): ReturnType<Make> {
    // By the clock, and not called by those that end: a request that was cancelled would keep its turn.
    for (let waited = 0; waited < PATIENCE && isFull(); waited += PAUSE) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    const output = Symbol();
    active.set(output, Date.now());
    try {
      for await (const piece of make()) {
        active.set(output, Date.now());
        yield piece;
      }
    } finally {
      active.delete(output);
    }
  };
}
