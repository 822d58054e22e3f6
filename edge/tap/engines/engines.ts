import type { EngineName, Plan } from '../../../engine/plan/plan.ts';
import type { Batch, Overflow } from '../../../engine/table/result.ts';
import type { TapQuery } from '../checked-query.ts';

/** A query that can be answered, and how. */
export interface PlannedQuery extends TapQuery {
  readonly plan: Plan;
}

/** What an answer may cost. */
export interface RunLimits {
  /** Rows at most; one more means overflow. */
  readonly rows: number;
  readonly seconds: number;
}

/**
 * The rows of a planned query from one engine.
 * @param signal that the client has left.
 * @throws the engine's own error, from `next()`.
 */
export type RunQuery = (
  query: PlannedQuery,
  limits: RunLimits,
  signal: AbortSignal,
) => AsyncGenerator<Batch, Overflow, undefined>;

/** The engines that there are; null for one that is missing. */
export type Engines = Readonly<Record<EngineName, RunQuery | null>>;
