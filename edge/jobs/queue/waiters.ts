/** Those who wait for a change of a job. */
export interface Waiters {
  /** Resolves when something is told of the job, or after so many milliseconds. */
  wait(id: string, milliseconds: number): Promise<void>;
  tell(id: string): void;
}

export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<() => void>>();
  return {
    async wait(id, milliseconds) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const others = waiting.get(id) ?? new Set();
      waiting.set(id, others.add(resolve));
      const clock = setTimeout(resolve, milliseconds);
      await promise;
      clearTimeout(clock);
      others.delete(resolve);
      // After `tell` others may wait already, in a set of their own.
      if (others.size === 0 && waiting.get(id) === others) waiting.delete(id);
    },
    tell(id) {
      for (const resolve of waiting.get(id) ?? []) resolve();
      waiting.delete(id);
    },
  };
}
