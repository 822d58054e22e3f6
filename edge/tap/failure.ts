import { AdqlError } from '../../engine/adql/errors.ts';
import { DuckdbError } from '../../engine/duckdb/duckdb-error.ts';
import type { FaultKind } from '../../engine/duckdb/query.ts';
import { PlanError } from '../../engine/plan/plan-error.ts';
import { PostgresError, type PostgresFault } from '../../engine/postgres/errors.ts';
import { NotTranslatable } from '../../engine/sql/sql.ts';
import { describeFailure, type Failure } from '../failure.ts';
import { DamagedTableError } from './published.ts';

/** Puts an error of a query into words for the client, as `describeFailure` does others. */
export function describeTapFailure(error: unknown): Failure {
  if (error instanceof AdqlError || error instanceof PlanError || error instanceof NotTranslatable) {
    return { status: 400, message: sentence(error.message) };
  }
  if (error instanceof DamagedTableError) return { status: error.status, message: error.message };
  if (error instanceof PostgresError || error instanceof DuckdbError) {
    const status = error instanceof PostgresError ? POSTGRES[error.fault] : DUCKDB[error.fault];
    if (error.fault === 'trap' || error.fault === 'internal') console.error(error.cause ?? error);
    return { status, message: sentence(error.message) };
  }
  return describeFailure(error);
}

const POSTGRES: Readonly<Record<PostgresFault, Failure['status']>> = {
  query: 400,
  deadline: 400,
  cancelled: 400,
  unavailable: 503,
  release: 503,
  internal: 500,
};

const DUCKDB: Readonly<Record<FaultKind, Failure['status']>> = {
  query: 400,
  deadline: 400,
  memory: 400,
  // It starts again by itself.
  trap: 503,
  release: 503,
};

/** Of a message that quotes a query, whose words may be as long as it. */
const LONGEST_MESSAGE = 2000;
/** What stands at the end, such as the place of the fault. */
const ENDING = 200;

/** With a capital letter and a full stop, and without the middle of what is too long. */
function sentence(message: string): string {
  const begun = message.charAt(0).toUpperCase() + message.slice(1);
  const whole = /[.!?]$/.test(begun) ? begun : `${begun}.`;
  if (whole.length <= LONGEST_MESSAGE) return whole;
  return `${whole.slice(0, LONGEST_MESSAGE - ENDING)} … ${whole.slice(-ENDING)}`;
}
