import type { CheckedQuery } from '../adql/check/check.ts';
import type { SqlDialect } from './dialect.ts';
import { DUCKDB } from './duckdb.ts';
import { choosePositionJoins } from './position-joins.ts';
import { POSTGRESQL } from './postgresql.ts';
import { query, subquery } from './queries.ts';
import { type Dialect, NotTranslatable, type Sql, type TranslationContext } from './sql.ts';
import { nameOf, type Translation } from './translation.ts';

const DIALECTS: Readonly<Record<Dialect, SqlDialect>> = { duckdb: DUCKDB, postgresql: POSTGRESQL };

/** PostgreSQL's protocol counts them in 16 bits. */
const MOST_PARAMETERS = 65_535;

/**
 * A checked query in the SQL of an engine. Both engines give the same rows, types and order for it, and fail on the same
 * values.
 * @throws NotTranslatable where the engine has no words for it
 * @throws AdqlCheckError for constants that mean nothing, such as a text that is no time
 */
export function translate(checked: CheckedQuery, dialect: Dialect, context: TranslationContext): Sql {
  const translation: Translation = {
    query: checked,
    findings: checked.findings,
    dialect: DIALECTS[dialect],
    context,
    joins: choosePositionJoins(checked, context, dialect),
    texts: new Map(),
    cells: new Set(),
    names: new Map(),
    named: new Map(),
    narrow: false,
    narrowKey: null,
    results: [],
  };
  const text = statement(translation);
  if (dialect === 'postgresql' && translation.texts.size > MOST_PARAMETERS) {
    const what = `more than ${MOST_PARAMETERS} different texts in one query`;
    throw new NotTranslatable(dialect, what, checked.statement.position);
  }
  const narrow =
    dialect === 'duckdb' && text.includes(' GROUP BY ') ? statement({ ...translation, narrow: true }) : text;
  return {
    dialect,
    text,
    quick: narrow === text ? null : narrow,
    parameters: [...translation.texts.keys()].map((value) => ({ type: 'text', value })),
    columns: checked.columns,
    healpix: context.uses.map(({ node }) => translation.cells.has(node)),
  };
}

function statement(translation: Translation): string {
  const { query: checked, context } = translation;
  const { commonTables, query: outermost } = checked.statement;
  const common = commonTables.map(
    (table) => `${nameOf(table, translation)} AS (${subquery(table.query, translation)})`,
  );
  const text = query(outermost, checked.columns, context.limit, translation);
  return common.length === 0 ? text : `WITH ${common.join(', ')} ${text}`;
}

/**
 * Why an engine cannot answer a query, in words for people; null if it can.
 * @throws AdqlCheckError for constants that mean nothing, such as a text that is no time
 */
export function untranslatable(checked: CheckedQuery, dialect: Dialect): string | null {
  try {
    translate(checked, dialect, { uses: [], positionJoins: [], limit: null });
    return null;
  } catch (error) {
    if (error instanceof NotTranslatable) return error.message;
    throw error;
  }
}
