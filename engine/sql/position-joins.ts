import type { CheckedQuery } from '../adql/check/check.ts';
import type { JoinedTable, NamedTable, Select, TableReference } from '../adql/syntax-tree.ts';
import { positionColumns } from '../catalog/table.ts';
import type { JoinedPosition, JoinedRegion, PositionJoin } from '../plan/plan.ts';
import { isCommonTable, nodesOf, plainColumn, type Relation, relationsOf, sourceOf } from '../plan/tree.ts';
import { type Dialect, indexesOf, type TranslationContext } from './sql.ts';

/** Rows of one table that are found, for each row of what stands before it, by the index of its positions. */
export interface Lookup {
  readonly join: PositionJoin;
  /** The position that is looked for, or the region that is looked into. */
  readonly outer: JoinedPosition | JoinedRegion;
  /** Almagest's own index of zones, or one of Q3C or pgSphere. */
  readonly by: 'zones' | 'circles';
  /** The join that both are operands of, or the SELECT whose FROM has both. */
  readonly at: JoinedTable | Select;
}

/** Rows of two tables that meet in a cell: one of them is in one cell, the other in all that its circle touches. */
export interface Meeting {
  readonly join: PositionJoin;
  readonly single: JoinedPosition;
  readonly spread: JoinedPosition | JoinedRegion;
  /** Of the columns that hold the cells. */
  readonly name: string;
}

/** How the joins by position are written. */
export interface PositionJoins {
  readonly lookups: ReadonlyMap<NamedTable, Lookup>;
  readonly meetings: readonly Meeting[];
}

/** A degree of radius takes 120 zones, each of which costs PostgreSQL as much as to look at about ten rows. */
const ROWS_PER_DEGREE = 1200;
/** Radius in degrees that the circle around a region is taken to have: each row has its own. */
const USUAL_REGION = 1;

/** Chooses how each join by position is written; one that is in neither list is left to its condition alone. */
export function choosePositionJoins(
  query: CheckedQuery,
  context: TranslationContext,
  dialect: Dialect,
): PositionJoins {
  const { positionJoins, uses } = context;
  const lookups = new Map<NamedTable, Lookup>();
  const meetings: Meeting[] = [];
  const rest: { readonly join: PositionJoin; readonly sides: readonly Side[] }[] = [];
  const rows = ({ relation }: Pick<JoinedPosition, 'relation'>) =>
    uses.find(({ node }) => node === relation)?.rows ?? Infinity;
  for (const join of positionJoins) {
    const { left, right } = join;
    const sides = [
      { one: left, other: right },
      ...('region' in right ? [] : [{ one: right, other: left }]),
    ].filter(({ one }) => !dependsOn(join, one, query));
    // Of two tables the larger one is looked up in.
    sides.sort((a, b) => rows(b.one) - rows(a.one));
    const lookup =
      dialect === 'postgresql' ? chosenLookup(join, sides, { query, context, lookups, rows }) : null;
    if (lookup !== null) {
      lookups.set(lookup.searched, lookup);
      continue;
    }
    rest.push({ join, sides });
  }
  for (const { join, sides } of rest) {
    const side = sides.find(
      ({ other }) => maySpread(join, other, dialect) && !lookups.has(other.relation as NamedTable),
    );
    if (side === undefined) continue;
    meetings.push({ join, single: side.one, spread: side.other, name: `z${meetings.length}` });
  }
  return { lookups, meetings };
}

interface Side {
  readonly one: JoinedPosition;
  readonly other: JoinedPosition | JoinedRegion;
}

interface Choice {
  readonly query: CheckedQuery;
  readonly context: TranslationContext;
  readonly lookups: ReadonlyMap<NamedTable, Lookup>;
  readonly rows: (position: JoinedPosition) => number;
}

function chosenLookup(
  join: PositionJoin,
  sides: readonly Side[],
  { query, context, lookups, rows }: Choice,
): (Lookup & { readonly searched: NamedTable }) | null {
  for (const { one, other } of sides) {
    const searched = one.relation;
    if (searched.kind !== 'named-table' || lookups.has(searched)) continue;
    if (isWide(join, rows(one))) continue;
    const by = indexOf(one, join.degrees, query, context);
    const at = by === null ? null : placeOf(join, searched, other.relation);
    if (by === null || at === null) continue;
    if (at.kind === 'select' && leadsTo(other.relation, searched, at, lookups)) continue;
    return { join, searched, outer: other, by, at };
  }
  return null;
}

/** Whether it costs more to go through the zones of a circle than through all rows. */
function isWide({ degrees, right }: PositionJoin, rows: number): boolean {
  const radius = 'region' in right ? USUAL_REGION : degrees;
  return radius !== null && radius * ROWS_PER_DEGREE > rows;
}

/** Where a table can be looked up in once the rest is there; null if nowhere. */
function placeOf(
  { join, select }: PositionJoin,
  searched: Relation,
  other: Relation,
): JoinedTable | Select | null {
  const node = join ?? commonJoin(select.from, searched, other);
  if (node === null) return select.from.some((item) => item === searched) ? select : null;
  const isRight = node.right === searched;
  const operand = isRight ? node.left : node.right;
  if ((!isRight && node.left !== searched) || !relationsOf([operand]).includes(other)) return null;
  switch (node.join) {
    case 'INNER':
    case 'CROSS':
      return node;
    case 'LEFT':
      return join !== null && isRight ? node : null;
    case 'RIGHT':
      return join !== null && !isRight ? node : null;
    case 'FULL':
      return null;
  }
}

/** The innermost join that has both tables; null if they are of different items of FROM. */
function commonJoin(from: readonly TableReference[], a: Relation, b: Relation): JoinedTable | null {
  const item = from.find((each) => [a, b].every((relation) => relationsOf([each]).includes(relation)));
  if (item === undefined || item.kind !== 'joined-table') return null;
  return commonJoin([item.left, item.right], a, b) ?? item;
}

/** Whether looking one item of FROM up for each row of another would go in a circle. */
function leadsTo(
  from: Relation,
  searched: NamedTable,
  select: Select,
  lookups: ReadonlyMap<NamedTable, Lookup>,
): boolean {
  const item = select.from.find((each) => relationsOf([each]).includes(from))!;
  if (item === searched) return true;
  const next = item.kind === 'named-table' ? lookups.get(item) : undefined;
  return next !== undefined && next.at === select && leadsTo(next.outer.relation, searched, select, lookups);
}

/** Whether a table can stand once for each cell that its circles touch: its rows must not be kept that meet none. */
function maySpread(
  { join }: PositionJoin,
  { relation }: Pick<JoinedPosition, 'relation'>,
  dialect: Dialect,
): boolean {
  if (join === null || join.join === 'INNER' || join.join === 'CROSS') return true;
  // DuckDB would compare all rows with all rows, cells or not.
  if (dialect === 'duckdb' || join.join === 'FULL') return false;
  return relationsOf([join.join === 'LEFT' ? join.right : join.left]).includes(relation);
}

/** Whether the radius is of a table's columns. */
function dependsOn(
  { radius }: PositionJoin,
  { relation }: Pick<JoinedPosition, 'relation'>,
  { findings }: CheckedQuery,
): boolean {
  return [...nodesOf(radius)].some(
    (node) => node.kind === 'column' && sourceOf(node as never, findings)?.source === relation,
  );
}

/** The index that finds the rows around a position of a published table; null if there is none. */
function indexOf(
  { relation, longitude, latitude }: JoinedPosition,
  degrees: number | null,
  { findings }: CheckedQuery,
  context: TranslationContext,
): Lookup['by'] | null {
  if (relation.kind !== 'named-table') return null;
  const table = findings.tables.get(relation)!;
  const main = isCommonTable(table) ? null : positionColumns(table);
  if (main === null || isCommonTable(table)) return null;
  const columns = [longitude, latitude].map((each) => plainColumn(each, findings)?.column);
  if (columns[0] !== main.ra || columns[1] !== main.dec) return null;
  const indexes = indexesOf(table, context);
  if (indexes.zones) return 'zones';
  return degrees !== null && (indexes.q3c || indexes.pgsphere) ? 'circles' : null;
}
