import { typeOfColumn } from '../adql/check/value-type.ts';
import type { Expression, OrderTerm, Select } from '../adql/syntax-tree.ts';
import type { Column } from '../catalog/column.ts';
import { sourceColumn } from './columns.ts';
import { condition } from './conditions.ts';
import { tables } from './from.ts';
import { narrowKeyOf } from './narrow-keys.ts';
import { orderClause, orderTerm, rowsClause } from './queries.ts';
import { sqlType, sqlTypeOfColumn } from './sql-types.ts';
import { resultIndex, type Translation, typeOf } from './translation.ts';
import { value, valueAs } from './values.ts';

/** A SELECT, and what the query around it says of its rows. */
interface Selection {
  readonly node: Select;
  readonly orderBy: readonly OrderTerm[];
  readonly offset: string | null;
  /** Columns whose types the result is to have. */
  readonly wanted: readonly Column[];
  readonly limit: number | null;
}

/** A column of the result. */
interface Item {
  /** As ORDER BY and GROUP BY mean it. */
  readonly text: string;
  /** As it leaves. */
  readonly result: string;
  /** Null for a column that `*` stands for. */
  readonly expression: Expression | null;
}

/** SQL of a SELECT with its order. */
export function select(selection: Selection, around: Translation): string {
  const { node, orderBy, offset, wanted, limit } = selection;
  const plainly = { ...around, narrowKey: null };
  const from = tables(node, plainly);
  const translation = { ...around, narrowKey: around.narrow ? narrowKeyOf(node, plainly) : null };
  const items = itemsOf(node, wanted, translation);
  const named: Translation = { ...translation, results: items.map(({ text }) => text) };
  const groups = node.groupBy.map((term) => groupTerm(term, items, named));
  const plain = [
    `SELECT ${node.distinct ? 'DISTINCT ' : ''}${items.map(({ result }, index) => `${result} AS r${index}`).join(', ')}`,
    `FROM ${from.text}`,
    ...(node.where === null && from.conditions.length === 0
      ? []
      : [
          `WHERE ${[...from.conditions, ...(node.where === null ? [] : [condition(node.where, { ...plainly, results: named.results })])].join(' AND ')}`,
        ]),
    ...(groups.length === 0 ? [] : [`GROUP BY ${groups.join(', ')}`]),
    ...(node.having === null ? [] : [`HAVING ${condition(node.having, named)}`]),
  ].join(' ');
  const rows = rowsClause(fewest(node.top, limit), offset);
  const terms = orderBy.map(({ expression, descending }) => ({
    ...orderValue(expression, items, named),
    descending,
  }));
  if (!node.distinct || !terms.some(({ isText }) => isText)) {
    const order = terms.map(({ text, isText, index, descending }) => {
      if (!isText) return orderTerm(index === null ? text : `${index + 1}`, descending);
      return orderTerm(translation.dialect.collated(text), descending);
    });
    return `${plain}${orderClause(order)}${rows}`;
  }
  // Of distinct rows only columns of the result have an order, and these with no collation but their own.
  const columns = items.map((_, index) => `o.r${index}`);
  const order = terms.map(({ isText, index, descending }) => {
    const column = columns[index!]!;
    return orderTerm(isText ? translation.dialect.collated(column) : column, descending);
  });
  return `SELECT ${columns.join(', ')} FROM (${plain}) AS o${orderClause(order)}${rows}`;
}

function itemsOf({ columns }: Select, wanted: readonly Column[], translation: Translation): Item[] {
  const { findings, dialect } = translation;
  const items: Item[] = [];
  for (const item of columns) {
    if (item.kind === 'derived-column') {
      const { expression } = item;
      const type = typeOfColumn(wanted[items.length]!);
      const text = value(expression, translation);
      items.push({ text, result: valueAs(expression, type, translation), expression });
      continue;
    }
    for (const source of findings.expansions.get(item)!) {
      const text = sourceColumn(source, translation);
      const type = sqlTypeOfColumn(wanted[items.length]!, dialect.name);
      const fits = sqlTypeOfColumn(source.column, dialect.name) === type;
      items.push({ text, result: fits ? text : `${text}::${type}`, expression: null });
    }
  }
  return items;
}

/** Expressions are written out: engines differ in what a name or a number means here. */
function groupTerm(term: Expression, items: readonly Item[], translation: Translation): string {
  if (translation.narrowKey !== null) return translation.narrowKey.narrow;
  const index = resultIndex(term, translation);
  return index === null ? value(term, translation) : items[index]!.text;
}

/** What a term of ORDER BY sorts by, and which column of the result that is, if it is one. */
function orderValue(
  expression: Expression,
  items: readonly Item[],
  translation: Translation,
): { readonly text: string; readonly isText: boolean; readonly index: number | null } {
  const named = resultIndex(expression, translation);
  const text = named === null ? value(expression, translation) : items[named]!.text;
  const found = named ?? items.findIndex((item) => item.text === text);
  const index = found < 0 ? null : found;
  return { text, isText: isText(expression, named, translation), index };
}

function isText(expression: Expression, _named: number | null, translation: Translation): boolean {
  return typeOf(expression, translation).family === 'text';
}

function fewest(top: string | null, limit: number | null): string | number | null {
  if (top === null || limit === null) return top ?? limit;
  return BigInt(top) < BigInt(limit) ? top : limit;
}
void sqlType;
