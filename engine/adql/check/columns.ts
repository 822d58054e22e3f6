import type { Enumeration } from '../../catalog/table.ts';
import { AdqlCheckError } from '../errors.ts';
import type { ColumnReference, EnumerationItem, Subscript } from '../syntax-tree.ts';
import type { Checking, Context } from './checking.ts';
import { listed, means, suggestion } from './names.ts';
import { findColumn, type SourceColumn, unknownColumn } from './scope.ts';
import { dimensions, typeOfColumn, type ValueType } from './value-type.ts';

/**
 * The type of a column, or of the elements of it that subscripts choose; what the reference means is written down.
 * @throws AdqlCheckError if there is no such column or element
 */
export function columnType(reference: ColumnReference, context: Context): ValueType {
  const { findings } = context.checking;
  const found = findColumn(reference, context.scope);
  if (found === null) return resultType(reference, context);
  findings.columns.set(reference, found);
  const type = typeOfColumn(found.column);
  return reference.subscripts.length === 0
    ? type
    : elementType(reference, type, enumerationsFor(found, context.checking), context);
}

function resultType(reference: ColumnReference, context: Context): ValueType {
  const { scope, results, checking } = context;
  const result = results.findIndex(({ name }) => means(reference.name, name));
  if (result < 0 || reference.subscripts.length > 0) return unknownColumn(reference, scope);
  checking.findings.columns.set(reference, { result });
  return results[result]!.type;
}

/** The first subscript is for the dimension that varies slowest, which VOTable names last (VOTable 1.4 §2.2). */
function elementType(
  { name, subscripts }: ColumnReference,
  type: ValueType,
  enumerations: readonly Enumeration[],
  context: Context,
): ValueType {
  const lengths = dimensions(type).reverse();
  if (subscripts.length > lengths.length) {
    const what = lengths.length === 0 ? 'is no array' : `has only ${lengths.length} dimension(s)`;
    throw new AdqlCheckError(`“${name.name}” ${what}`, subscripts[lengths.length]!.position);
  }
  const sizes = type.arraysize!.split('x');
  for (const [index, subscript] of subscripts.entries()) {
    const refuse = (problem: string): never => {
      throw new AdqlCheckError(problem, subscript.position);
    };
    const [first, last] = range(subscript, enumerations, context);
    const length = lengths[index] ?? null;
    if (first < 1) refuse('Elements are counted from 1');
    if (length !== null && last > length) refuse(`“${name.name}” has ${length} elements, not ${last}`);
    if (subscript.kind !== 'slice') {
      sizes.pop();
      continue;
    }
    if (lengths.length > 1) refuse('A slice is taken of arrays with one dimension only');
    if (first > last) refuse('The first element of a slice comes before the last one');
    sizes[sizes.length - 1] = sliceSize(last - first + 1, length === null);
  }
  // A part of a geometry is none.
  return typeOfColumn({ ...type, xtype: null, arraysize: sizes.length === 0 ? null : sizes.join('x') });
}

/** Where the array ends earlier so does the slice; a size of 1 would tell of no array (VOTable 1.4 §2.2). */
function sliceSize(elements: number, varies: boolean): string {
  return varies || elements === 1 ? `${elements}*` : `${elements}`;
}

/** The first and the last element that a subscript means. */
function range(
  subscript: Subscript,
  enumerations: readonly Enumeration[],
  context: Context,
): readonly [first: number, last: number] {
  if (subscript.kind === 'slice') return [Number(subscript.first), Number(subscript.last)];
  const index =
    subscript.kind === 'element' ? Number(subscript.index) : place(subscript, enumerations, context);
  return [index, index];
}

/** The number of an enumeration's item, from 1. */
function place(node: EnumerationItem, enumerations: readonly Enumeration[], { checking }: Context): number {
  const { enumeration, item } = node;
  const known = enumerations.filter(({ name }) => means(enumeration, name));
  if (known.length === 0) {
    const names = enumerations.map(({ name }) => name);
    const hint = suggestion(enumeration.name, names) || (names.length > 0 ? `, only ${listed(names)}` : '');
    throw new AdqlCheckError(`There is no enumeration “${enumeration.name}”${hint}`, enumeration.position);
  }
  const places = new Set(known.map(({ members }) => members.findIndex(({ name }) => means(item, name)) + 1));
  if (places.size > 1) {
    throw new AdqlCheckError(
      `“${enumeration.name}” is not the same in all tables: take the element in the query that reads the table`,
      enumeration.position,
    );
  }
  const [found] = places as Set<number> & Iterable<number>;
  if (found! > 0) {
    checking.findings.items.set(node, found!);
    return found!;
  }
  const members = known[0]!.members.map(({ name }) => name);
  throw new AdqlCheckError(
    `“${known[0]!.name}” has no “${item.name}”${suggestion(item.name, members) || `, only ${listed(members)}`}`,
    item.position,
  );
}

/** Those of the table that a column is of; of a query's column those of all tables, which it may be of. */
function enumerationsFor({ source }: SourceColumn, { findings, catalog }: Checking): readonly Enumeration[] {
  const table = source.kind === 'named-table' ? findings.tables.get(source) : undefined;
  if (table !== undefined && 'schema' in table) return table.enumerations ?? [];
  return catalog.tables.flatMap(({ enumerations }) => enumerations ?? []);
}
