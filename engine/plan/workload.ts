import type { CheckedQuery } from '../adql/check/check.ts';
import type { Findings } from '../adql/check/checking.ts';
import type {
  ColumnReference,
  Condition,
  Expression,
  NamedTable,
  Query,
  Select,
} from '../adql/syntax-tree.ts';
import { identifierColumn } from '../catalog/table.ts';
import type { CellRanges } from '../healpix-wasm/kernel.ts';
import type { PositionJoin, TableUse } from './plan.ts';
import { constantNumber } from './sky/constants.ts';
import { rowGroupsIn } from './table-uses.ts';
import {
  conjunctsOf,
  contentOf,
  isAggregated,
  nodesOf,
  plainColumn,
  type Relation,
  relationsOf,
  selectsOf,
  sourceOf,
  subqueriesOf,
} from './tree.ts';

/**
 * The table of a query that filters and projects the rows of that one table, each for itself: its answer is the answers of
 * its pieces, one after the other. Null for any other query.
 */
export function pieceTable(
  { statement, findings }: CheckedQuery,
  uses: readonly TableUse[],
): NamedTable | null {
  const { commonTables, query } = statement;
  const { body, orderBy, offset } = query;
  if (commonTables.length > 0 || orderBy.length > 0 || offset !== null || body.kind !== 'select') return null;
  const [use, ...others] = uses;
  if (use === undefined || others.length > 0 || use.release === null || body.from[0] !== use.node)
    return null;
  if (body.distinct || isAggregated(body) || subqueriesOf(body).length > 0) return null;
  return findings.tables.has(use.node) ? use.node : null;
}

/** Row groups that are read for an upload at most where the database can look its positions up instead. */
const MOST_ROW_GROUPS = 48;

/** The table of which an upload's positions need so many row groups that an index finds the rows sooner; null if there is none. */
export function scatteredUse(uses: readonly TableUse[]): TableUse | null {
  if (!uses.some(({ upload }) => upload !== undefined)) return null;
  const isScattered = ({ release, ranges }: TableUse) =>
    release !== null && ranges !== null && rowGroupsIn(release, ranges) > MOST_ROW_GROUPS;
  return uses.find(isScattered) ?? null;
}

/** The table that a query asks for rows by an identifier; null where it does not, or of several tables. */
export function lookUpOf({ statement, findings }: CheckedQuery, uses: readonly TableUse[]): TableUse | null {
  const { body } = statement.query;
  if (body.kind !== 'select') return null;
  const columns = conjunctsOf(body.where).flatMap((condition) => {
    const expression = equalToConstants(condition, findings);
    return (expression && plainColumn(expression, findings)) ?? [];
  });
  for (const { source, column } of columns) {
    const use = uses.find(({ node }) => node === source);
    if (use !== undefined && (column.indexed || isIdentifier(use, column.name))) return use;
  }
  return null;
}

function equalToConstants(condition: Condition, findings: Findings): Expression | null {
  const isConstant = (value: Expression) => value.kind === 'text' || constantNumber(value, findings) !== null;
  if (condition.kind === 'in' && !condition.negated && !('kind' in condition.values)) {
    return condition.values.every(isConstant) ? condition.operand : null;
  }
  if (condition.kind !== 'comparison' || condition.operator !== '=') return null;
  const { left, right } = condition;
  return isConstant(right) ? left : isConstant(left) ? right : null;
}

function isIdentifier({ table }: TableUse, name: string): boolean {
  return identifierColumn(table)?.name === name;
}

/**
 * Pairs of rows at most that an engine has to look at which joins by equal values, and by positions, but by nothing else: of
 * the worst of all joins of the query.
 */
export function pairsOf(
  query: CheckedQuery,
  uses: readonly TableUse[],
  positionJoins: readonly PositionJoin[],
): number {
  const rowsOfNode = new Map(uses.map(({ node, rows }) => [node, rows]));
  const { findings, statement } = query;

  function rowsOf(relation: Relation): number {
    const content = contentOf(relation, query);
    return 'schema' in content ? (rowsOfNode.get(relation as NamedTable) ?? 0) : rowsOfQuery(content);
  }

  /** The share of the sky in which a table's rows are. */
  function shareOf(relation: Relation): number {
    const ranges = uses.find(({ node }) => node === relation)?.ranges ?? null;
    return ranges === null ? 1 : Math.max(Number.MIN_VALUE, skyShare(ranges));
  }

  /** Of a join as many as the largest of its tables has: what it has beyond is for `pairs` of that join to say. */
  function rowsOfQuery({ body }: Query): number {
    const rows = selectsOf(body).map((select) => {
      if (isAggregated(select) && select.groupBy.length === 0) return 1;
      const most = select.top === null ? Number.POSITIVE_INFINITY : Number(select.top);
      return Math.min(most, Math.max(1, ...relationsOf(select.from).map(rowsOf)));
    });
    return rows.reduce((sum, count) => sum + count, 0);
  }

  /** Of the FROM of one SELECT, and, of a subquery, of what it names of the query around it. */
  function pairs(select: Select): number {
    const own = relationsOf(select.from);
    const groups = new Map<Relation, Set<Relation>>();
    const group = (relation: Relation) => {
      const known = groups.get(relation) ?? new Set([relation]);
      groups.set(relation, known);
      return known;
    };
    const link = (a: Relation, b: Relation) => {
      const merged = new Set([...group(a), ...group(b)]);
      for (const relation of merged) groups.set(relation, merged);
    };
    for (const relation of own) group(relation);
    for (const node of nodesOf({ where: select.where, from: select.from })) {
      if (node.kind !== 'column') continue;
      const source = sourceOf(node as ColumnReference, findings)?.source;
      if (source !== undefined && source.kind !== 'joined-table' && isAround(source, select)) group(source);
    }
    for (const [a, b] of linksOf(select, findings)) link(a, b);
    let meetings = 1;
    for (const { left, right, select: where, join, degrees } of positionJoins) {
      // DuckDB joins rows that an outer join keeps one by one.
      if (where !== select || (join !== null && join.join !== 'INNER')) continue;
      link(left.relation, right.relation);
      const [a, b] = [left.relation, right.relation];
      const share = Math.max(shareOf(a), shareOf(b));
      meetings = Math.max(meetings, rowsOf(a) * rowsOf(b) * Math.min(1, shareAround(degrees) / share));
    }
    const pairs = [...new Set(groups.values())].reduce(
      (product, members) => product * Math.max(1, ...[...members].map(rowsOf)),
      1,
    );
    return Math.max(pairs, meetings);
  }

  /** Items of FROM that are in this SELECT, at whatever depth, are none of a query around it. */
  function isAround(relation: Relation, select: Select): boolean {
    return !(
      relation.position.start >= select.position.start && relation.position.end <= select.position.end
    );
  }

  let worst = 1;
  for (const node of nodesOf(statement)) {
    if (node.kind === 'select') worst = Math.max(worst, pairs(node as Select));
  }
  return worst;
}

/** The share of the sky within a distance, with the cells that the circle touches; none for one that differs from row to row. */
function shareAround(degrees: number | null): number {
  return degrees === null ? 0 : 4 * Math.sin((Math.min(degrees, 180) * Math.PI) / 360) ** 2;
}

function skyShare({ start, end }: CellRanges): number {
  const cells = start.reduce((sum, first, at) => sum + Number(end[at]! - first), 0);
  return cells / (12 * 4 ** 29);
}

/** The items of FROM that conditions make equal in something. */
function linksOf(select: Select, findings: Findings): [Relation, Relation][] {
  const links: [Relation, Relation][] = [];
  const conditions = conjunctsOf(select.where);
  for (const reference of select.from) {
    for (const node of joinsOf(reference)) {
      if (node.specification?.kind === 'on') conditions.push(...conjunctsOf(node.specification.condition));
      else if (node.specification !== null) {
        for (const a of relationsOf([node.left]))
          for (const b of relationsOf([node.right])) links.push([a, b]);
      }
    }
  }
  for (const condition of conditions) {
    if (condition.kind !== 'comparison' || condition.operator !== '=') continue;
    const [left, right] = [condition.left, condition.right].map((side) => relationsIn(side, findings)) as [
      Set<Relation>,
      Set<Relation>,
    ];
    if (left.size === 1 && right.size === 1) links.push([[...left][0]!, [...right][0]!]);
  }
  return links;
}

function joinsOf(reference: Select['from'][number]): (typeof reference & { kind: 'joined-table' })[] {
  if (reference.kind !== 'joined-table') return [];
  return [reference, ...joinsOf(reference.left), ...joinsOf(reference.right)];
}

function relationsIn(expression: Expression, findings: Findings): Set<Relation> {
  const found = new Set<Relation>();
  for (const node of nodesOf(expression)) {
    if (node.kind !== 'column') continue;
    const source = sourceOf(node as ColumnReference, findings)?.source;
    if (source !== undefined && source.kind !== 'joined-table') found.add(source);
  }
  return found;
}
