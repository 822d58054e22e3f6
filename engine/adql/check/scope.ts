import type { Column } from '../../catalog/column.ts';
import { AdqlCheckError } from '../errors.ts';
import type {
  ColumnReference,
  DerivedTable,
  Identifier,
  JoinedTable,
  NamedTable,
  TableName,
} from '../syntax-tree.ts';
import { writeIdentifier, writeTableName } from '../write-names.ts';
import { listed, means, suggestion } from './names.ts';

/** A table of a FROM clause, as the rest of the query sees it. */
export interface Relation {
  readonly node: NamedTable | DerivedTable;
  /** Schema and table, or the table alone: an alias hides the schema. */
  readonly names: readonly string[];
  readonly columns: readonly Column[];
}

/** A column of a FROM clause. Those that USING or NATURAL merge belong to the join. */
export interface SourceColumn {
  readonly source: NamedTable | DerivedTable | JoinedTable;
  readonly column: Column;
}

/** What the tables of a FROM clause offer. */
export interface Tables {
  readonly relations: readonly Relation[];
  /** What `*` stands for, in order. */
  readonly columns: readonly SourceColumn[];
}

/** What names in a query can mean: its tables, then those of the query around it. */
export interface Scope extends Tables {
  readonly parent: Scope | null;
  /** Columns by their names in small letters. */
  readonly byName: ReadonlyMap<string, readonly SourceColumn[]>;
}

export function scopeOf(tables: Tables, parent: Scope | null): Scope {
  return {
    ...tables,
    parent,
    byName: Map.groupBy(tables.columns, ({ column }) => column.name.toLowerCase()),
  };
}

/** The columns of these tables that an identifier without a table may mean. */
export function columnsNamed({ byName }: Pick<Scope, 'byName'>, name: Identifier): readonly SourceColumn[] {
  return (byName.get(name.name.toLowerCase()) ?? []).filter(({ column }) => means(name, column.name));
}

/**
 * The column that a reference means, in the innermost scope that has it; null if none has.
 * @throws AdqlCheckError if it may mean several, or names a table that is not there
 */
export function findColumn(reference: ColumnReference, scope: Scope): SourceColumn | null {
  if (reference.table !== null) return columnOf(relationNamed(reference.table, scope), reference);
  for (let current: Scope | null = scope; current !== null; current = current.parent) {
    const found = columnsNamed(current, reference.name);
    if (found.length > 1) throw ambiguous(reference, current, found);
    if (found.length === 1) return found[0]!;
  }
  return null;
}

/** @throws AdqlCheckError always: there is no such column */
export function unknownColumn(reference: ColumnReference, scope: Scope): never {
  const { name, delimited } = reference.name;
  const known: string[] = [];
  for (let current: Scope | null = scope; current !== null; current = current.parent) {
    known.push(...current.columns.map(({ column }) => column.name));
  }
  const otherCase = delimited && known.find((column) => column.toLowerCase() === name.toLowerCase());
  const hint = otherCase
    ? `: double quotes keep the case, the column is “${otherCase}”`
    : suggestion(name, known) ||
      (delimited
        ? ": if it is a text, it stands in single quotes, as in 'text'"
        : `: there are ${listed(known)}`);
  throw new AdqlCheckError(`There is no column “${name}” in ${tableNames(scope)}${hint}`, reference.position);
}

/**
 * The table of a FROM clause that a name means.
 * @throws AdqlCheckError if there is none, or several
 */
export function relationNamed(table: TableName, scope: Scope): Relation {
  for (let current: Scope | null = scope; current !== null; current = current.parent) {
    const found = current.relations.filter(({ names }) => isNamed(table, names));
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      const names = listed(found.map((relation) => relation.names.join('.')));
      throw new AdqlCheckError(
        `“${writeTableName(table)}” may mean ${names}: name its schema or give it an alias`,
        table.position,
      );
    }
  }
  const known = scope.relations.map(({ names }) => names.at(-1)!);
  const hint = suggestion(table.parts.at(-1)!.name, known);
  const written = writeTableName(table);
  throw new AdqlCheckError(
    `FROM has no table “${written}”, only ${tableNames(scope)}${hint}`,
    table.position,
  );
}

function columnOf(relation: Relation, reference: ColumnReference): SourceColumn {
  const found = relation.columns.filter((column) => means(reference.name, column.name));
  if (found.length === 1) return { source: relation.node, column: found[0]! };
  const { name } = reference.name;
  const where = `“${relation.names.join('.')}”`;
  if (found.length > 1) {
    throw new AdqlCheckError(`Several columns of ${where} are called “${name}”`, reference.position);
  }
  const known = relation.columns.map((column) => column.name);
  throw new AdqlCheckError(
    `There is no column “${name}” in ${where}${suggestion(name, known) || `, which has ${listed(known)}`}`,
    reference.name.position,
  );
}

/** Whether a table's names end with those of a reference. */
function isNamed({ parts }: TableName, names: readonly string[]): boolean {
  if (parts.length > names.length) return false;
  return parts.every((part, index) => means(part, names[names.length - parts.length + index]!));
}

function ambiguous(reference: ColumnReference, scope: Scope, found: readonly SourceColumn[]): AdqlCheckError {
  const tables = scope.relations.filter(({ node }) => found.some(({ source }) => source === node));
  const forms = tables.map(({ names }) => `${names.at(-1)}.${writeIdentifier(reference.name)}`);
  return new AdqlCheckError(
    `“${reference.name.name}” may mean several columns: write ${forms.length > 1 ? `one of ${listed(forms)}` : 'the table before it'}`,
    reference.position,
  );
}

function tableNames(scope: Scope): string {
  return listed(scope.relations.map(({ names }) => names.join('.')));
}
