import { AdqlCheckError } from '../errors.ts';
import type { ColumnReference, EnumerationItem, Subscript } from '../syntax-tree.ts';
import type { Context } from './checking.ts';
import { listed, means, suggestion } from './names.ts';
import { findColumn, unknownColumn } from './scope.ts';
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
  return reference.subscripts.length === 0 ? type : elementType(reference, type, context);
}

function resultType(reference: ColumnReference, context: Context): ValueType {
  const { scope, results, checking } = context;
  const result = results.findIndex(({ name }) => means(reference.name, name));
  if (result < 0 || reference.subscripts.length > 0) return unknownColumn(reference, scope);
  checking.findings.columns.set(reference, { result });
  return results[result]!.type;
}

/** The first subscript is for the dimension that varies slowest, which VOTable names last (VOTable 1.4 §2.2). */
function elementType({ name, subscripts }: ColumnReference, type: ValueType, context: Context): ValueType {
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
    const [first, last] = range(subscript, context);
    const length = lengths[index] ?? null;
    if (first < 1) refuse('Elements are counted from 1');
    if (length !== null && last > length) refuse(`“${name.name}” has ${length} elements, not ${last}`);
    if (subscript.kind !== 'slice') {
      sizes.pop();
      continue;
    }
    if (lengths.length > 1) refuse('A slice is taken of arrays with one dimension only');
    if (first > last) refuse('The first element of a slice comes before the last one');
    sizes[sizes.length - 1] = `${last - first + 1}`;
  }
  return typeOfColumn({ ...type, arraysize: sizes.length === 0 ? null : sizes.join('x') });
}

/** The first and the last element that a subscript means. */
function range(subscript: Subscript, context: Context): readonly [first: number, last: number] {
  if (subscript.kind === 'slice') return [Number(subscript.first), Number(subscript.last)];
  const index = subscript.kind === 'element' ? Number(subscript.index) : place(subscript, context);
  return [index, index];
}

/** The number of an enumeration's item, from 1. */
function place(node: EnumerationItem, { checking }: Context): number {
  const { enumeration, item } = node;
  const { enumerations } = checking.catalog;
  const known = enumerations.find(({ name }) => means(enumeration, name));
  if (known === undefined) {
    const names = enumerations.map(({ name }) => name);
    throw new AdqlCheckError(
      `There is no enumeration “${enumeration.name}”${suggestion(enumeration.name, names)}`,
      enumeration.position,
    );
  }
  const index = known.items.findIndex((name) => means(item, name));
  if (index >= 0) {
    checking.findings.items.set(node, index + 1);
    return index + 1;
  }
  throw new AdqlCheckError(
    `“${known.name}” has no “${item.name}”${suggestion(item.name, known.items) || `, only ${listed(known.items)}`}`,
    item.position,
  );
}
