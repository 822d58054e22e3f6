import type { CheckedQuery } from '../../adql/check/check.ts';
import type {
  CommonTable,
  Condition,
  NamedTable,
  Query,
  QueryBody,
  Select,
  TableReference,
} from '../../adql/syntax-tree.ts';
import type { Table } from '../../catalog/table.ts';
import {
  conjunctsOf,
  contentOf,
  isAggregated,
  isCommonTable,
  type Relation,
  selectsOf,
  subqueriesOf,
} from '../tree.ts';
import { constantNumber } from './constants.ts';
import type { Fact } from './facts.ts';
import { grown, type Vertices } from './grown.ts';
import {
  asCarried,
  asPlace,
  type Carried,
  carriedBy,
  isAt,
  mainPlace,
  type Place,
  placeBehind,
} from './places.ts';
import { conditionSkies, type ReachOf } from './skies.ts';
import { anyOf, both, EVERYWHERE, type Sky } from './sky.ts';

/** Where result columns of a query must be to matter to what is around it. */
type Demand = (carried: Carried) => Sky;
/** The same of the FROM of a query around a subquery. */
type Surroundings = (place: Place) => Sky;

/** A place that is within a radius, in degrees, of another. */
interface Neighbour {
  readonly place: Place;
  readonly radius: number;
}

/** Places that are looked at for each, those joined by fewest steps first: others would hardly say more. */
const MOST_NEIGHBOURS = 12;

const NO_DEMAND: Demand = () => EVERYWHERE;
const NO_SURROUNDINGS: Surroundings = () => EVERYWHERE;

/**
 * For each published table of a query the part of the sky outside of which its rows cannot matter to the answer. WHERE
 * restricts every table of its FROM: a row that an outer join makes up has no position, and no condition on positions is true
 * of it. ON restricts what a join leaves out where it is not true, which is the side that is made up.
 * @param skyOf where the positions of a table are, as far as that is known
 * @param reachOf how far from them its regions are
 */
export function coversOf(
  query: CheckedQuery,
  vertices: Vertices,
  skyOf: (table: Table, place: Place) => Sky = () => EVERYWHERE,
  reachOf: ReachOf = () => null,
): ReadonlyMap<NamedTable, Sky> {
  const { statement, findings } = query;
  const skies = conditionSkies(query, vertices, reachOf);
  const covers = new Map<NamedTable, Sky>();
  /** What those that name a common table want of it. */
  const wanted = new Map<CommonTable, Demand[]>();

  function visit({ body, offset }: Query, demand: Demand, around: Surroundings): void {
    visitBody(body, offset === null ? demand : NO_DEMAND, around);
  }

  function visitBody(body: QueryBody, demand: Demand, around: Surroundings): void {
    switch (body.kind) {
      case 'query':
        visit(body, demand, around);
        return;
      case 'set-operation':
        visitBody(body.left, demand, around);
        visitBody(body.right, demand, around);
        return;
      case 'select':
        visitSelect(body, demand, around);
    }
  }

  function visitSelect(select: Select, outer: Demand, around: Surroundings): void {
    const conditions = conditionsOn(select);
    // Which rows are the first ones, and what a group is, depends on all.
    const demand = select.top !== null || isAggregated(select) ? NO_DEMAND : outer;
    const own = oncePerPlace((place) =>
      [
        ...conditions.get(place.relation)!.map((condition) => skies.of(condition, place)),
        demand(carriedBy(select, place, findings)),
        provided(place),
      ].reduce(both),
    );
    const near = oncePerPlace((place) => neighbours(place, conditions.get(place.relation)!));
    const isHere = (place: Place) => conditions.has(place.relation);
    const restricted = oncePerPlace((place) =>
      isHere(place) ? withNeighbours(place, near, isHere, own, around) : around(place),
    );

    for (const relation of conditions.keys()) {
      const content = contentOf(relation, query);
      if ('schema' in content) {
        const place = mainPlace(relation, content);
        covers.set(relation as NamedTable, place === null ? EVERYWHERE : restricted(place));
        continue;
      }
      const names = namesOf(content);
      const inner: Demand = (carried) => restricted(asPlace(relation, carried, names));
      const common = relation.kind === 'named-table' ? findings.tables.get(relation)! : null;
      if (common !== null && isCommonTable(common)) {
        wanted.set(common, [...(wanted.get(common) ?? []), inner]);
      } else visit(content, inner, around);
    }
    for (const subquery of subqueriesOf(select)) visit(subquery, NO_DEMAND, restricted);
  }

  /** Positions that are near to those of other tables are where those are, and around. */
  function withNeighbours(
    start: Place,
    neighboursOf: (place: Place) => readonly Neighbour[],
    isHere: (place: Place) => boolean,
    own: (place: Place) => Sky,
    around: Surroundings,
  ): Sky {
    let sky = own(start);
    if (sky.kind === 'nowhere') return sky;
    const seen = new Set<Relation>([start.relation]);
    const open: { place: Place; distance: number }[] = [{ place: start, distance: 0 }];
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      for (const { place, radius } of neighboursOf(next.place)) {
        if (seen.has(place.relation) || seen.size > MOST_NEIGHBOURS) continue;
        seen.add(place.relation);
        const distance = next.distance + radius;
        const here = isHere(place);
        sky = both(sky, grown(here ? own(place) : around(place), distance, vertices));
        if (here) open.push({ place, distance });
      }
    }
    return sky;
  }

  /** Places that conditions keep near to another one. */
  function neighbours(place: Place, conditions: readonly Condition[]): readonly Neighbour[] {
    return conditions.flatMap(conjunctsOf).flatMap((condition) => {
      const fact = skies.fact(condition);
      if (fact?.kind === 'inside' || fact?.kind === 'close') return regionNeighbours(place, fact);
      if (fact?.kind !== 'near') return [];
      const [left, right] = [skies.placeOf(fact.left), skies.placeOf(fact.right)];
      if (left === null || right === null) return [];
      const other = isAt(place, left) ? right : isAt(place, right) ? left : null;
      const radius = other && constantNumber(fact.radius, findings);
      return other === null || radius === null || radius < 0 ? [] : [{ place: other, radius }];
    });
  }

  /** A position in a region of another row, or near it, is near to the position of that row. */
  function regionNeighbours(place: Place, fact: Fact & { kind: 'inside' | 'close' }): readonly Neighbour[] {
    const [point, region] = [skies.placeOf(fact.point), skies.regionAt(fact.region)];
    const more = fact.kind === 'inside' ? 0 : constantNumber(fact.radius, findings);
    if (point === null || region === null || more === null || more < 0) return [];
    const other = isAt(place, point) ? region.place : isAt(place, region.place) ? point : null;
    return other === null ? [] : [{ place: other, radius: more + region.reach }];
  }

  /** Where positions are, whatever is asked, that a derived or common table gives. */
  const provided = oncePerPlace((place): Sky => {
    const content = contentOf(place.relation, query);
    if ('schema' in content) return skyOf(content, place);
    const carried = asCarried(place, namesOf(content));
    return anyOf(
      selectsOf(content.body).map((select) => {
        const behind = placeBehind(select, carried, findings);
        const conditions = behind && conditionsOn(select).get(behind.relation);
        if (!behind || !conditions) return EVERYWHERE;
        return [...conditions.map((condition) => skies.of(condition, behind)), provided(behind)].reduce(both);
      }),
    );
  });

  function namesOf(content: Query): string[] {
    return findings.results.get(content)!.map(({ name }) => name);
  }

  visit(statement.query, NO_DEMAND, NO_SURROUNDINGS);
  for (const common of statement.commonTables.toReversed()) {
    const demands = wanted.get(common) ?? [];
    visit(common.query, (carried) => anyOf(demands.map((demand) => demand(carried))), NO_SURROUNDINGS);
  }
  return covers;
}

/** For each item of FROM the conditions that a row of it must meet to matter. */
export function conditionsOn({ from, where }: Select): ReadonlyMap<Relation, readonly Condition[]> {
  const conditions = new Map<Relation, readonly Condition[]>();
  const visit = (reference: TableReference, met: readonly Condition[]): void => {
    if (reference.kind !== 'joined-table') {
      conditions.set(reference, met);
      return;
    }
    const { join, left, right, specification } = reference;
    const more = specification?.kind === 'on' ? [...met, specification.condition] : met;
    visit(left, join === 'LEFT' || join === 'FULL' ? met : more);
    visit(right, join === 'RIGHT' || join === 'FULL' ? met : more);
  };
  for (const reference of from) visit(reference, where === null ? [] : [where]);
  return conditions;
}

/** Common tables are met on as many ways as they are named, and those on theirs. */
function oncePerPlace<Result>(make: (place: Place) => Result): (place: Place) => Result {
  const known = new Map<Relation, Map<string, Result>>();
  return (place) => {
    const ofRelation = known.get(place.relation) ?? new Map<string, Result>();
    known.set(place.relation, ofRelation);
    const key = JSON.stringify([[...place.lon], [...place.lat], [...place.points]]);
    const result = ofRelation.get(key) ?? make(place);
    ofRelation.set(key, result);
    return result;
  };
}
