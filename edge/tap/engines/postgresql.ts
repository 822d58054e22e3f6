import type { PostgresAccess } from '../../../engine/postgres/access.ts';
import { runPostgres } from '../../../engine/postgres/run.ts';
import { withSuspects } from '../../../engine/postgres/suspects.ts';
import { translate } from '../../../engine/sql/translate.ts';
import type { RunQuery } from './engines.ts';

/** PostgreSQL, which the releases come from. */
export function postgresqlEngine(access: PostgresAccess): RunQuery {
  return ({ checked, plan }, { rows, seconds }, signal) => {
    const { uses, positionJoins } = plan;
    const sql = translate(checked, 'postgresql', { uses, positionJoins, limit: rows + 1 });
    return withSuspects(runPostgres(access, sql, { rows, seconds }, signal), checked.findings.types.keys());
  };
}
