import type { CheckedQuery } from '../../adql/check/check.ts';
import type { Findings } from '../../adql/check/checking.ts';
import type {
  ColumnReference,
  Comparison,
  Condition,
  Expression,
  JoinedTable,
  Select,
  TableReference,
} from '../../adql/syntax-tree.ts';
import type { JoinedPosition, JoinedRegion, PositionJoin } from '../plan.ts';
import { conjunctsOf, nodesOf, plainColumn, type Relation, relationsOf, sourceOf } from '../tree.ts';
import { constantNumber } from './constants.ts';
import { type Fact, factOf } from './facts.ts';

/** The conditions of a query that positions of two items of one FROM be close to each other, or one in a region of the other. */
export function positionJoinsOf({ statement, findings }: CheckedQuery): PositionJoin[] {
  const joins: PositionJoin[] = [];
  for (const node of nodesOf(statement)) {
    if (node.kind !== 'select') continue;
    const select = node as Select;
    const relations = new Set(relationsOf(select.from));
    for (const { join, condition } of placesOfConditions(select)) {
      for (const conjunct of conjunctsOf(condition)) {
        const found = positionJoin(conjunct, relations, findings);
        if (found !== null) joins.push({ ...found, join, select });
      }
    }
  }
  return joins;
}

function placesOfConditions({ where, from }: Select): { join: JoinedTable | null; condition: Condition }[] {
  const inJoins = (reference: TableReference): { join: JoinedTable; condition: Condition }[] => {
    if (reference.kind !== 'joined-table') return [];
    const { left, right, specification } = reference;
    const own = specification?.kind === 'on' ? [{ join: reference, condition: specification.condition }] : [];
    return [...inJoins(left), ...inJoins(right), ...own];
  };
  return [...from.flatMap(inJoins), ...(where === null ? [] : [{ join: null, condition: where }])];
}

function positionJoin(
  condition: Condition,
  relations: ReadonlySet<Relation>,
  findings: Findings,
): Omit<PositionJoin, 'join' | 'select'> | null {
  if (condition.kind !== 'comparison') return null;
  const fact = factOf(condition, findings);
  if (fact?.kind === 'inside' || fact?.kind === 'close')
    return regionJoin(condition, fact, relations, findings);
  if (fact?.kind !== 'near' || !fact.exact) return null;
  const [left, right] = [fact.left, fact.right].map((point) => joinedPosition(point, findings));
  if (!left || !right || left.relation === right.relation) return null;
  if (!relations.has(left.relation) || !relations.has(right.relation)) return null;
  const { radius, strict } = fact;
  const degrees = constantNumber(radius, findings);
  if (degrees === null && !isOfOneSide(radius, left.relation, right.relation, findings)) return null;
  return { condition, left, right, radius, degrees, strict };
}

/** Of a position in the polygon of a row of another table, or near it. */
function regionJoin(
  condition: Comparison,
  fact: Fact & { kind: 'inside' | 'close' },
  relations: ReadonlySet<Relation>,
  findings: Findings,
): Omit<PositionJoin, 'join' | 'select'> | null {
  const left = joinedPosition(fact.point, findings);
  const reach = fact.kind === 'inside' ? 0 : constantNumber(fact.radius, findings);
  const right = reach === null ? null : joinedRegion(fact.region, reach, findings);
  if (left === null || right === null || left.relation === right.relation) return null;
  if (!relations.has(left.relation) || !relations.has(right.relation)) return null;
  return { condition, left, right, radius: right.region, degrees: null, strict: false };
}

function joinedRegion(region: Expression, reach: number, findings: Findings): JoinedRegion | null {
  const source = plainColumn(region, findings)?.source;
  if (source === undefined || source.kind === 'joined-table') return null;
  return findings.types.get(region)!.family === 'polygon' ? { relation: source, region, reach } : null;
}

function joinedPosition(point: Expression, findings: Findings): JoinedPosition | null {
  if (point.kind !== 'point') return null;
  const { longitude, latitude } = point;
  const [lon, lat] = [plainColumn(longitude, findings), plainColumn(latitude, findings)];
  if (lon === null || lat === null || lon.source !== lat.source) return null;
  return lon.source.kind === 'joined-table' ? null : { relation: lon.source, longitude, latitude };
}

/** Whether an expression is of columns of one of two items of FROM, and nothing else of the query. */
function isOfOneSide(expression: Expression, left: Relation, right: Relation, findings: Findings): boolean {
  const sources = new Set<unknown>();
  for (const node of nodesOf(expression)) {
    if (node.kind === 'query' || node.kind === 'aggregate') return false;
    if (node.kind === 'column') sources.add(sourceOf(node as ColumnReference, findings)?.source);
  }
  return sources.size === 1 && (sources.has(left) || sources.has(right));
}
