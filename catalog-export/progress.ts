/** How a long task tells where it is. One task at a time: `start`, any number of `advance`, `done`. */
export interface Progress {
  /** Begins a task of `total` rows; 0 where the total is not known. */
  start(label: string, total: number): void;
  advance(rows: number): void;
  /** Ends the task, with a line that stays if there is a message. */
  done(message?: string): void;
}
