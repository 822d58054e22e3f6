import type { PostgresAccess } from '../../../engine/postgres/access.ts';
import { knownIndexes } from '../../../engine/postgres/known-indexes.ts';
import { runPostgres } from '../../../engine/postgres/run.ts';
import { withSuspects } from '../../../engine/postgres/suspects.ts';
import { translate } from '../../../engine/sql/translate.ts';
import { tapSchemaJson } from '../../../engine/tap-schema/rows.ts';
import type { RunQuery } from './engines.ts';

/** PostgreSQL, which the releases come from. */
export function postgresqlEngine(access: PostgresAccess): RunQuery {
  return async function* ({ checked, published, plan }, { rows, seconds }, signal) {
    const { uses, positionJoins } = plan;
    const tables = uses.flatMap(({ table, release }) => (release === null ? [] : [table]));
    const indexes = await knownIndexes(access, [...new Set(tables)]);
    const tapSchema = (name: string) => tapSchemaJson(name, published);
    const context = { uses, positionJoins, indexes, tapSchema, limit: rows + 1 };
    const sql = translate(checked, 'postgresql', context);
    const batches = runPostgres(access, sql, { rows, seconds }, signal);
    return yield* withSuspects(batches, checked.findings.types.keys());
  };
}
