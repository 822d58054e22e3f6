import type { EngineName, Plan } from '../../engine/plan/plan.ts';
import { PlanError } from '../../engine/plan/plan-error.ts';
import { PostgresError } from '../../engine/postgres/errors.ts';
import { TooLongForFormatError } from '../../engine/table/held-rows.ts';
import type { Batch, Overflow } from '../../engine/table/result.ts';
import { answerBody, type Body, type Bytes } from '../answer/answer-body.ts';
import type { Engines, PlannedQuery, RunLimits } from './engines/engines.ts';

/** An answer that has begun. */
export interface Answer {
  readonly engine: EngineName;
  readonly body: Body;
}

/** Makes the bytes of an answer from its rows. */
export type WriteAnswer = (
  engine: EngineName,
  batches: AsyncGenerator<Batch, Overflow, undefined>,
) => AsyncGenerator<Bytes>;

export interface Run {
  readonly query: PlannedQuery;
  readonly rows: number;
  /** For all that is tried, and for what is tried at the edge. */
  readonly seconds: number;
  readonly edgeSeconds: number;
  /** Whether PostgreSQL may take over. */
  readonly takeover: boolean;
  /** That the client has left. */
  readonly signal: AbortSignal;
}

/**
 * Answers a query by the engine that its plan names. Where one at the edge fails before anything was sent, for whatever reason,
 * PostgreSQL answers in its place, if it can: the errors of a query are then PostgreSQL's too.
 * @throws the engine's error; that of the edge where PostgreSQL cannot be reached, or has not the rows.
 */
export async function runQuery(engines: Engines, run: Run, write: WriteAnswer): Promise<Answer> {
  const { query, rows, takeover, signal } = run;
  const begun = Date.now();
  async function answerBy(engine: EngineName, seconds: number): Promise<Answer> {
    const limits: RunLimits = { rows, seconds };
    return { engine, body: await answerBody(write(engine, engines[engine]!(query, limits, signal))) };
  }
  const { plan } = query;
  if (!takeover || !canTakeOver(plan, engines)) return answerBy(plan.engine, run.seconds);
  try {
    return await answerBy(plan.engine, run.edgeSeconds);
  } catch (error) {
    if (signal.aborted || error instanceof TooLongForFormatError) throw error;
    console.warn(
      `PostgreSQL takes over from ${plan.engine}: ${error instanceof Error ? error.message : error}`,
    );
    return answerBy('postgresql', Math.max(1, run.seconds - (Date.now() - begun) / 1000)).catch((later) => {
      throw isAbsent(later) ? error : later;
    });
  }
}

/** Whether PostgreSQL cannot be reached, or has the release's rows no longer. */
function isAbsent(error: unknown): boolean {
  return error instanceof PlanError || (error instanceof PostgresError && error.fault === 'unavailable');
}

function canTakeOver({ engine, refusals }: Plan, engines: Engines): boolean {
  return engine !== 'postgresql' && refusals.postgresql === null && engines.postgresql !== null;
}
