import { describePlan, planText } from '../../engine/plan/describe.ts';
import { translate } from '../../engine/sql/translate.ts';
import { tapSchemaJson } from '../../engine/tap-schema/rows.ts';
import type { PlannedQuery } from './engines/engines.ts';
import { expectedTables } from './engines/stored-tables.ts';
import type { QueryRequest } from './parameters.ts';

/** Tells how a query would be answered, in place of its rows. */
export function planAnswer(
  { plan: form, maxrec }: QueryRequest,
  { plan, checked, published }: PlannedQuery,
): Response {
  const dialect = plan.engine === 'postgresql' ? 'postgresql' : 'duckdb';
  const sql =
    plan.engine === 'scan'
      ? null
      : translate(checked, dialect, {
          uses: plan.uses,
          positionJoins: plan.positionJoins,
          stored: expectedTables(plan),
          tapSchema: (name) => tapSchemaJson(name, published),
          limit: maxrec + 1,
        });
  const headers = { 'cache-control': 'no-store' };
  if (form === 'json') {
    const written = sql && { text: sql.text, parameters: sql.parameters };
    return Response.json({ ...describePlan(plan), sql: written }, { headers });
  }
  const written =
    sql === null ? '' : `\nSQL for ${plan.engine}:\n${sql.text}\n${parametersText(sql.parameters)}`;
  return new Response(planText(plan) + written, {
    headers: { ...headers, 'content-type': 'text/plain;charset=utf-8' },
  });
}

function parametersText(parameters: readonly { readonly value: unknown }[]): string {
  return parameters.map(({ value }, at) => `$${at + 1} = ${shortened(JSON.stringify(value))}\n`).join('');
}

/** A parameter may be as long as the query, or as TAP_SCHEMA. */
function shortened(text: string): string {
  return text.length <= 1000 ? text : `${text.slice(0, 1000)}…`;
}
