import type { Table } from '../../../engine/catalog/table.ts';
import type { PostgresAccess } from '../../../engine/postgres/access.ts';
import { knownIndexes } from '../../../engine/postgres/known-indexes.ts';
import { runPostgres } from '../../../engine/postgres/run.ts';
import { withSuspects } from '../../../engine/postgres/suspects.ts';
import { translate } from '../../../engine/sql/translate.ts';
import { tapSchemaJson } from '../../../engine/tap-schema/rows.ts';
import type { RunQuery } from './engines.ts';
import { asItIs, storedTables, temporaryTable, temporaryTables } from './stored-tables.ts';

/** PostgreSQL, which the releases come from. */
export function postgresqlEngine(access: PostgresAccess): RunQuery {
  return async function* (query, { rows, seconds }, signal) {
    const temporary = temporaryTables(query.plan);
    const { checked, published, plan } = query;
    const { uses, positionJoins } = plan;
    const sources = await storedTables(access, query);
    const read = new Map(
      [...sources].map(([table, { schema, name }]) => [table, { ...table, schema, name }]),
    );
    const indexesOf = await knownIndexes(access, [...read.values()]);
    const context = {
      uses,
      positionJoins,
      stored: (table: Table) => temporaryTable(table, temporary) ?? sources.get(table) ?? asItIs(table),
      indexes: (table: Table) => indexesOf(read.get(table)!),
      tapSchema: (name: string) => tapSchemaJson(name, published),
      limit: rows + 1,
    };
    const sql = { ...translate(checked, 'postgresql', context), temporary };
    const batches = runPostgres(access, sql, { rows, seconds }, signal);
    return yield* withSuspects(batches, checked.findings.types.keys());
  };
}
