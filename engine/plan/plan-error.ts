/** A query that no engine here can answer, or not the one that it was to be answered by. The message is for the user. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}
