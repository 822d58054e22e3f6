import type { MergedColumn } from '../adql/check/checking.ts';
import { typeOfColumn } from '../adql/check/value-type.ts';
import type {
  ColumnReference,
  DerivedTable,
  Expression,
  JoinedTable,
  NamedTable,
  Select,
  TableReference,
} from '../adql/syntax-tree.ts';
import { positionColumns, type Table } from '../catalog/table.ts';
import { conjunctsOf, isCommonTable, nodesOf, type Relation, relationsOf, sourceOf } from '../plan/tree.ts';
import { TAP_SCHEMA } from '../tap-schema/tables.ts';
import { circleIndexCondition } from './circle-indexes.ts';
import { sourceColumn } from './columns.ts';
import { comparisonType } from './comparisons.ts';
import { condition } from './conditions.ts';
import { circleCells, coordinates, coordinatesOf, zoneWindows } from './joined-places.ts';
import type { Lookup } from './position-joins.ts';
import { hasPosition, inRanges } from './positions.ts';
import { subquery } from './queries.ts';
import { quoted } from './quoted.ts';
import { indexesOf, NotTranslatable, type StoredTable, storedTable } from './sql.ts';
import { sqlType, sqlTypeOfColumn } from './sql-types.ts';
import { bound, nameOf, type Translation } from './translation.ts';
import { cellOf, zoneHeight } from './zone-cells.ts';

/** SQL of a FROM clause. */
export interface From {
  readonly text: string;
  /** What the rows must meet besides the query's own conditions. */
  readonly conditions: readonly string[];
}

export function tables(node: Select, translation: Translation): From {
  const items = inOrder(node, translation).map((item) => {
    const lookup = item.kind === 'named-table' ? translation.joins.lookups.get(item) : undefined;
    return lookup?.at === node ? lookedUp(item as NamedTable, lookup, translation) : table(item, translation);
  });
  return { text: items.join(', '), conditions: meetingConditions(null, node, translation) };
}

/** What is looked up stands after what it is looked up for. */
function inOrder(node: Select, { joins }: Translation): TableReference[] {
  const rest = [...node.from];
  const done: TableReference[] = [];
  while (rest.length > 0) {
    const next = rest.findIndex((item) => {
      const lookup = item.kind === 'named-table' ? joins.lookups.get(item) : undefined;
      return lookup?.at !== node || relationsOf(done).includes(lookup.outer.relation);
    });
    done.push(...rest.splice(next, 1));
  }
  return done;
}

function table(reference: TableReference, translation: Translation): string {
  if (reference.kind === 'joined-table') return joinedTable(reference, translation);
  const name = nameOf(reference, translation);
  const text =
    reference.kind === 'named-table'
      ? namedTable(reference, name, translation)
      : `(${subquery(reference.query, translation)}) AS ${name}`;
  return withCells(reference, name, text, translation);
}

function namedTable(node: NamedTable, name: string, translation: Translation): string {
  const { findings, dialect, context } = translation;
  const found = findings.tables.get(node)!;
  if (isCommonTable(found)) return `${nameOf(found, translation)} AS ${name}`;
  if (dialect.name === 'duckdb') return name;
  if (found.schema === TAP_SCHEMA && context.tapSchema !== undefined) {
    const rows = bound({ text: context.tapSchema(found.name) }, translation);
    return `jsonb_to_recordset(${rows}::jsonb) AS ${name} (${recordColumns(found)})`;
  }
  const stored = storedTable(found, context);
  const kept = keptRows(node, found, stored, translation);
  if (kept.length === 0) return `${pathOf(stored)} AS ${name}`;
  return `(SELECT * FROM ${pathOf(stored)} WHERE ${kept.join(' AND ')}) AS ${name}`;
}

/** What PostgreSQL reads a table by: the cells that matter, and the rows that a release has. */
function keptRows(node: NamedTable, table: Table, { asOf }: StoredTable, { context }: Translation): string[] {
  const use = context.uses.find((each) => each.node === node);
  const versions = asOf === null ? [] : [asOf];
  if (use === undefined) return versions;
  const { release, ranges } = use;
  return [
    ...versions,
    ...(ranges === null || !indexesOf(table, context).healpix ? [] : [inRanges(table, ranges)]),
    ...(release !== null && release.manifest.rowsWithoutPosition > 0 ? [hasPosition(table)] : []),
  ];
}

/** TAP_SCHEMA has texts and integers. */
function recordColumns({ columns }: Table): string {
  return columns
    .map(({ name, datatype }) => `${quoted(name)} ${datatype === 'int' ? 'integer' : 'text'}`)
    .join(', ');
}

function pathOf({ schema, name }: StoredTable): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

function joinedTable(node: JoinedTable, translation: Translation): string {
  for (const [operand, other] of [
    [node.right, node.left],
    [node.left, node.right],
  ] as const) {
    const lookup = operand.kind === 'named-table' ? translation.joins.lookups.get(operand) : undefined;
    if (lookup?.at !== node) continue;
    const outer = table(other, translation);
    const searched = lookedUp(operand as NamedTable, lookup, translation);
    // What is looked up stands to the right: a RIGHT JOIN changes sides.
    const kind = node.join === 'RIGHT' ? 'LEFT' : node.join;
    return joined(outer, kind, searched, node, translation);
  }
  refuseFullJoin(node, translation);
  const right = table(node.right, translation);
  const operand = node.right.kind === 'joined-table' ? `(${right})` : right;
  return joined(table(node.left, translation), node.join, operand, node, translation);
}

function joined(
  left: string,
  kind: JoinedTable['join'],
  right: string,
  node: JoinedTable,
  translation: Translation,
): string {
  if (node.specification === null) return `${left} CROSS JOIN ${right}`;
  const conditions = [...meetingConditions(node, null, translation), joinCondition(node, translation)];
  return `${left} ${kind} JOIN ${right} ON ${conditions.join(' AND ')}`;
}

/** PostgreSQL makes a FULL JOIN by an equality only. */
function refuseFullJoin(
  { join, left, right, specification, position }: JoinedTable,
  translation: Translation,
): void {
  if (translation.dialect.name !== 'postgresql' || join !== 'FULL' || specification?.kind !== 'on') return;
  const sides = [relationsOf([left]), relationsOf([right])] as const;
  const isOf = (expression: Expression, relations: readonly Relation[]) => {
    const columns = [...nodesOf(expression)].filter(({ kind }) => kind === 'column') as ColumnReference[];
    const sources = columns.flatMap((column) => relationsBehind(column, translation));
    return sources.length > 0 && sources.every((source) => relations.includes(source));
  };
  const joins = conjunctsOf(specification.condition).some(
    (each) =>
      each.kind === 'comparison' &&
      each.operator === '=' &&
      ((isOf(each.left, sides[0]) && isOf(each.right, sides[1])) ||
        (isOf(each.left, sides[1]) && isOf(each.right, sides[0]))),
  );
  if (!joins) throw new NotTranslatable('postgresql', 'a FULL JOIN that no equality joins', position);
}

/** The items of FROM that a column comes of. */
function relationsBehind(column: ColumnReference, { findings }: Translation): Relation[] {
  const source = sourceOf(column, findings)?.source;
  if (source === undefined) return [];
  return source.kind === 'joined-table' ? relationsOf([source]) : [source];
}

function joinCondition(node: JoinedTable, translation: Translation): string {
  const { specification } = node;
  if (specification?.kind === 'on') return condition(specification.condition, translation);
  const merges = translation.findings.merges.get(node)!;
  return merges.length === 0 ? 'true' : merges.map((merged) => equality(merged, translation)).join(' AND ');
}

function equality({ left, right }: MergedColumn, translation: Translation): string {
  const { dialect } = translation;
  const type = comparisonType([left.column, right.column].map(typeOfColumn));
  const [a, b] = [left, right].map((side) => {
    const text = sourceColumn(side, translation);
    if (type === null) return text;
    const sql = sqlType(type, dialect.name);
    return sqlTypeOfColumn(side.column, dialect.name) === sql ? text : `${text}::${sql}`;
  });
  return `${a} = ${b}`;
}

/** The rows of a table around a position. OFFSET 0 makes PostgreSQL find them by the index, for one zone after another. */
function lookedUp(node: NamedTable, { join, outer, by }: Lookup, translation: Translation): string {
  const table = translation.findings.tables.get(node) as Table;
  const name = nameOf(node, translation);
  const use = translation.context.uses.find((each) => each.node === node);
  const isComplete = use?.release?.manifest.rowsWithoutPosition === 0;
  const stored = storedTable(table, translation.context);
  const kept = [...(stored.asOf === null ? [] : [stored.asOf]), ...(isComplete ? [] : [hasPosition(table)])];
  const found = (condition: string) =>
    `LATERAL (SELECT * FROM ${pathOf(stored)} AS b WHERE ${[condition, ...kept].join(' AND ')} OFFSET 0)`;
  const { ra, dec } = positionColumns(table)!;
  const [lon, lat] = [`b.${quoted(ra.name)}`, `b.${quoted(dec.name)}`];
  if (by === 'circles') {
    const indexes = indexesOf(table, translation.context);
    const center = coordinatesOf(outer, translation);
    return `${found(circleIndexCondition(indexes, [lon, lat], center, join.degrees!) ?? 'true')} AS ${name}`;
  }
  const inWindow = `almagest.zone(${lat}) = w.zone AND almagest.longitude(${lon}) BETWEEN w.lo AND w.hi`;
  return `LATERAL (SELECT b.* FROM ${zoneWindows(outer, join, translation)} AS w CROSS JOIN ${found(inWindow)} AS b) AS ${name}`;
}

/** A table with the cells of its positions, where they are joined by them. */
function withCells(
  node: NamedTable | DerivedTable,
  name: string,
  table: string,
  translation: Translation,
): string {
  const { joins, dialect } = translation;
  return joins.meetings.reduce((text, { join, single, spread, name: cells }) => {
    const height = zoneHeight(join.degrees);
    if (node === spread.relation) {
      if (dialect.name === 'postgresql') {
        const windows = zoneWindows(spread, join, translation);
        return `(SELECT ${name}.*, w.zone AS ${cells}, w.lo AS ${cells}_lo, w.hi AS ${cells}_hi FROM ${text} CROSS JOIN LATERAL ${windows} AS w) AS ${name}`;
      }
      const all = circleCells(spread, join, height, translation);
      return `(SELECT ${name}.*, unnest(${all}) AS ${cells} FROM ${text}) AS ${name}`;
    }
    if (node !== single.relation || dialect.name === 'postgresql') return text;
    const [lon, lat] = coordinates(single, translation);
    return `(SELECT ${name}.*, ${cellOf(lon, lat, height)} AS ${cells} FROM ${text}) AS ${name}`;
  }, table);
}

/** That two rows meet in a cell: for the joins by position of a join, or of the WHERE of a SELECT. */
function meetingConditions(
  join: JoinedTable | null,
  select: Select | null,
  translation: Translation,
): string[] {
  const { joins, dialect } = translation;
  const here = joins.meetings.filter((each) =>
    join === null ? each.join.join === null && each.join.select === select : each.join.join === join,
  );
  return here.map(({ single, spread, name }) => {
    const [one, many] = [single, spread].map(({ relation }) => nameOf(relation, translation));
    if (dialect.name === 'duckdb') return `${one}.${name} = ${many}.${name}`;
    const [lon, lat] = coordinates(single, translation);
    return `almagest.zone(${lat}) = ${many}.${name} AND almagest.longitude(${lon}) BETWEEN ${many}.${name}_lo AND ${many}.${name}_hi`;
  });
}
