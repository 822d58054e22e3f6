/** How a long task tells where it is. One task at a time: `start`, any number of `advance`, `done`. */
export interface Progress {
  /**
   * Begins a task of `total` rows, or of what `unit` says; 0 where the total is not known.
   * @param unit in the plural: `rows` unless it is said.
   */
  start(label: string, total: number, unit?: string): void;
  advance(count: number): void;
  /** Ends the task, with a line that stays if there is a message. */
  done(message?: string): void;
}
