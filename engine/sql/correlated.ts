import type { ColumnReference, Expression, Select } from '../adql/syntax-tree.ts';
import { nodesOf, sourceOf } from '../plan/tree.ts';
import { NotTranslatable } from './sql.ts';
import type { Translation } from './translation.ts';

/**
 * Polygons are taken apart by lambdas, which in DuckDB may not name a column of a query around their own.
 * @throws NotTranslatable
 */
export function refuseCorrelatedPolygon(node: Expression, { dialect, query, findings }: Translation): void {
  if (dialect.name !== 'duckdb') return;
  const columns = [...nodesOf(node)].filter(({ kind }) => kind === 'column') as ColumnReference[];
  const sources = new Set(columns.flatMap((column) => sourceOf(column, findings)?.source ?? []));
  if (sources.size === 0) return;
  const isIn = (inner: { position: Select['position'] }, select: Select) =>
    select.position.start <= inner.position.start && inner.position.end <= select.position.end;
  for (const each of nodesOf(query.statement)) {
    if (each.kind !== 'select' || !isIn(node, each as Select)) continue;
    if ([...sources].some((source) => !isIn(source, each as Select))) {
      throw new NotTranslatable('duckdb', 'polygons of rows in a subquery of those rows', node.position);
    }
  }
}
