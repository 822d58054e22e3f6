import { type CheckedQuery, checkQuery } from '../../engine/adql/check/check.ts';
import { FUNCTIONS } from '../../engine/adql/functions/functions.ts';
import { parseAdql } from '../../engine/adql/parse.ts';
import type { Expression, Statement } from '../../engine/adql/syntax-tree.ts';
import type { Release } from '../../engine/catalog/release.ts';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { TAP_SCHEMA } from '../../engine/tap-schema/tables.ts';
import { type Published, refuseDamaged } from './published.ts';

/** A query that makes sense, and what it asks of. */
export interface TapQuery {
  readonly checked: CheckedQuery;
  /** All tables that are published, which TAP_SCHEMA tells of. */
  readonly published: readonly Table[];
  /** All that the answer depends on, each once, in the order of their names. */
  readonly releases: readonly Release[];
  /** Whether the same query has the same answer tomorrow: RAND has not. */
  readonly repeatable: boolean;
}

/** @throws AdqlSyntaxError, AdqlCheckError, and DamagedTableError for a table that is there and cannot be opened */
export function checkedQuery(text: string, published: Published): TapQuery {
  const { tables, releases } = published;
  const checked = checkedStatement(parseAdql(text), text, published);
  const named = [...checked.findings.tables.values()].filter((found): found is Table => 'schema' in found);
  // TAP_SCHEMA tells of all releases.
  const all = named.some(({ schema }) => schema === TAP_SCHEMA) ? tables : named;
  const used = new Set(all.flatMap((table) => releases.get(table) ?? []));
  const nameOf = ({ manifest }: Release) => qualifiedName(manifest.table);
  return {
    checked,
    published: [...releases.keys()],
    releases: [...used].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
    repeatable: ![...checked.findings.types.keys()].some(isRandom),
  };
}

function checkedStatement(statement: Statement, text: string, published: Published): CheckedQuery {
  try {
    return checkQuery(statement, published.tables, FUNCTIONS);
  } catch (error) {
    refuseDamaged(text, published);
    throw error;
  }
}

const isRandom = (expression: Expression): boolean =>
  expression.kind === 'function' && expression.name.toUpperCase() === 'RAND';
