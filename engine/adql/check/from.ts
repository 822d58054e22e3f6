import type { Column } from '../../catalog/column.ts';
import { qualifiedName, type Table } from '../../catalog/table.ts';
import { TAP_UPLOAD } from '../../upload/upload.ts';
import { AdqlCheckError } from '../errors.ts';
import type { Identifier, JoinedTable, NamedTable, TableReference } from '../syntax-tree.ts';
import { writeTableName } from '../write-names.ts';
import type { Checking, Context, MergedColumn } from './checking.ts';
import { checkCondition } from './conditions.ts';
import { listed, means, suggestion } from './names.ts';
import { columnsNamed, type Relation, type Scope, type SourceColumn, scopeOf, type Tables } from './scope.ts';
import { commonType, described, typeOfColumn } from './value-type.ts';

/**
 * What the tables of a FROM clause offer.
 * @param parent the scope around the query
 * @throws AdqlCheckError for unknown tables, two of one name, and faulty joins
 */
export function tablesOf(from: readonly TableReference[], parent: Scope | null, checking: Checking): Tables {
  const tables = from.map((reference) => referenced(reference, parent, checking));
  const relations = tables.flatMap((each) => each.relations);
  refuseDuplicates(relations);
  return { relations, columns: tables.flatMap(({ columns }) => columns) };
}

function referenced(reference: TableReference, parent: Scope | null, checking: Checking): Tables {
  switch (reference.kind) {
    case 'named-table':
      return only(namedTable(reference, checking));
    case 'derived-table': {
      const columns = checking.subquery(reference.query, parent);
      return only({ node: reference, names: [reference.alias.name], columns });
    }
    case 'joined-table':
      return joined(reference, parent, checking);
  }
}

function only(relation: Relation): Tables {
  return {
    relations: [relation],
    columns: relation.columns.map((column) => ({ source: relation.node, column })),
  };
}

function namedTable(node: NamedTable, checking: Checking): Relation {
  const { parts } = node.table;
  const common =
    parts.length === 1
      ? checking.commonTables.find((table) => means(parts[0]!, table.node.name.name))
      : undefined;
  if (common !== undefined) {
    checking.findings.tables.set(node, common.node);
    return { node, names: [node.alias?.name ?? common.node.name.name], columns: common.columns };
  }
  const table = publishedTable(node, checking);
  checking.findings.tables.set(node, table);
  return { node, names: node.alias ? [node.alias.name] : [table.schema, table.name], columns: table.columns };
}

/** The table that a name with or without a schema means. */
function publishedTable(
  { table: written, position }: NamedTable,
  { catalog, commonTables }: Checking,
): Table {
  const names = written.parts;
  const name = names.at(-1)!;
  const schema = names.at(-2);
  const found =
    names.length > 2
      ? []
      : catalog.tables.filter(
          (table) => means(name, table.name) && (schema === undefined || means(schema, table.schema)),
        );
  if (found.length === 1) return found[0]!;
  const full = `“${writeTableName(written)}”`;
  if (schema !== undefined && found.length === 0 && means(schema, TAP_UPLOAD)) {
    const uploads = catalog.tables.filter((table) => table.schema === TAP_UPLOAD);
    const known = uploads.length === 0 ? 'none has' : `${listed(uploads.map(qualifiedName))} has`;
    throw new AdqlCheckError(
      `No table ${full} came with the query, ${known}: UPLOAD=${name.name},<URI> sends one`,
      written.position,
    );
  }
  if (found.length > 1) {
    throw new AdqlCheckError(
      `${full} may mean ${listed(found.map(qualifiedName))}: name its schema`,
      position,
    );
  }
  const known = [...catalog.tables.map(qualifiedName), ...commonTables.map(({ node }) => node.name.name)];
  const hint =
    suggestion(writeTableName(written), known) ||
    suggestion(name.name, known) ||
    `: there are ${listed(known)}`;
  throw new AdqlCheckError(`There is no table ${full}${hint}`, written.position);
}

function refuseDuplicates(relations: readonly Relation[]): void {
  const seen = new Set<string>();
  for (const { node, names } of relations) {
    const name = names.join('.');
    if (seen.has(name.toLowerCase())) {
      throw new AdqlCheckError(
        `FROM has two tables called “${name}”: give one another name with AS`,
        node.position,
      );
    }
    seen.add(name.toLowerCase());
  }
}

function joined(node: JoinedTable, parent: Scope | null, checking: Checking): Tables {
  const left = referenced(node.left, parent, checking);
  const right = referenced(node.right, parent, checking);
  const tables = {
    relations: [...left.relations, ...right.relations],
    columns: [...left.columns, ...right.columns],
  };
  const { specification } = node;
  if (specification === null) return tables;
  if (specification.kind === 'on') {
    refuseDuplicates(tables.relations);
    const scope = scopeOf(tables, parent);
    checkCondition(specification.condition, joinContext(checking, scope));
    return tables;
  }
  const names = specification.kind === 'using' ? specification.columns : sharedNames(left, right, node);
  return { ...tables, columns: mergedColumns(node, names, left, right, checking) };
}

function joinContext(checking: Checking, scope: Scope): Context {
  return { checking, scope, aggregatesForbidden: 'in ON', onAggregate() {}, results: [] };
}

/** The names that both sides of a NATURAL join have. */
function sharedNames(left: Tables, right: Tables, { position }: JoinedTable): Identifier[] {
  const names = new Set(right.columns.map(({ column }) => column.name));
  const shared = new Set(left.columns.map(({ column }) => column.name).filter((name) => names.has(name)));
  return [...shared].map((name) => ({ kind: 'identifier', position, name, delimited: true }));
}

/** First the merged columns, then what is left of each side (SQL-92 §7.5). */
function mergedColumns(
  join: JoinedTable,
  names: readonly Identifier[],
  left: Tables,
  right: Tables,
  { findings }: Checking,
): SourceColumn[] {
  const sides = [scopeOf(left, null), scopeOf(right, null)] as const;
  const gone = new Set<SourceColumn>();
  const merged = names.map((name): MergedColumn => {
    const [a, b] = sides.map((side) => theColumn(name, side)) as [SourceColumn, SourceColumn];
    gone.add(a).add(b);
    return { column: mergedColumn(name, a.column, b.column), left: a, right: b };
  });
  findings.merges.set(join, merged);
  const columns = merged.map(({ column }): SourceColumn => ({ source: join, column }));
  return [...columns, ...[...left.columns, ...right.columns].filter((column) => !gone.has(column))];
}

function theColumn(name: Identifier, side: Scope): SourceColumn {
  const found = columnsNamed(side, name);
  if (found.length === 1) return found[0]!;
  const tables = listed(side.relations.map(({ names }) => names.join('.')));
  const problem =
    found.length > 1
      ? `Several columns of ${tables} are called “${name.name}”: join by ON`
      : `There is no column “${name.name}” in ${tables}${suggestion(
          name.name,
          side.columns.map(({ column }) => column.name),
        )}`;
  throw new AdqlCheckError(problem, name.position);
}

function mergedColumn(name: Identifier, a: Column, b: Column): Column {
  const [left, right] = [typeOfColumn(a), typeOfColumn(b)];
  const common = commonType(left, right);
  if (common === null) {
    throw new AdqlCheckError(
      `“${name.name}” is ${described(left)} in one table and ${described(right)} in the other`,
      name.position,
    );
  }
  const { datatype, arraysize, xtype } = common;
  return { ...a, datatype, arraysize, xtype };
}
