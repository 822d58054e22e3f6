import type {
  Expression,
  JoinSpecification,
  Query,
  QueryBody,
  Select,
  SelectItem,
  SetOperation,
  Statement,
  TableReference,
} from './syntax-tree.ts';
import { writeCondition, writeExpression } from './write-expression.ts';
import { type WriteQuery, writeIdentifier, writeTableName } from './write-names.ts';

/** Canonical ADQL of a query on one line: words in capitals, no more parentheses than the tree needs. */
export function writeAdql({ commonTables, query }: Statement): string {
  const tables = commonTables.map(
    (table) => `${writeIdentifier(table.name)} AS (${writeQuery(table.query)})`,
  );
  return `${tables.length > 0 ? `WITH ${tables.join(', ')} ` : ''}${writeQuery(query)}`;
}

/** Canonical ADQL of a value. */
export function writeAdqlExpression(expression: Expression): string {
  return writeExpression(expression, writeQuery);
}

const writeQuery: WriteQuery = ({ body, orderBy, offset }: Query) => {
  const terms = orderBy.map(
    ({ expression, descending }) => `${writeAdqlExpression(expression)}${descending ? ' DESC' : ''}`,
  );
  const order = terms.length > 0 ? ` ORDER BY ${terms.join(', ')}` : '';
  return `${writeBody(body)}${order}${offset === null ? '' : ` OFFSET ${offset}`}`;
};

const condition = (node: Parameters<typeof writeCondition>[0]) => writeCondition(node, writeQuery);

function writeBody(body: QueryBody): string {
  if (body.kind === 'query') return `(${writeQuery(body)})`;
  return body.kind === 'select' ? writeSelect(body) : writeSetOperation(body);
}

function writeSetOperation({ operator, all, left, right }: SetOperation): string {
  const operand = (body: QueryBody, loosest: number) =>
    body.kind === 'set-operation' && tightness(body) < loosest ? `(${writeBody(body)})` : writeBody(body);
  const own = operator === 'INTERSECT' ? 2 : 1;
  return `${operand(left, own)} ${operator}${all ? ' ALL' : ''} ${operand(right, own + 1)}`;
}

/** INTERSECT binds tighter (ADQL 2.1 §4.6.6). */
function tightness({ operator }: SetOperation): number {
  return operator === 'INTERSECT' ? 2 : 1;
}

function writeSelect(select: Select): string {
  const { distinct, top, columns, from, where, groupBy, having } = select;
  return [
    'SELECT',
    ...(distinct ? ['DISTINCT'] : []),
    ...(top === null ? [] : [`TOP ${top}`]),
    columns.map(writeSelectItem).join(', '),
    'FROM',
    from.map(writeTable).join(', '),
    ...(where === null ? [] : [`WHERE ${condition(where)}`]),
    ...(groupBy.length === 0 ? [] : [`GROUP BY ${groupBy.map(writeAdqlExpression).join(', ')}`]),
    ...(having === null ? [] : [`HAVING ${condition(having)}`]),
  ].join(' ');
}

function writeSelectItem(item: SelectItem): string {
  if (item.kind === 'all-columns') return item.table === null ? '*' : `${writeTableName(item.table)}.*`;
  return `${writeAdqlExpression(item.expression)}${item.alias === null ? '' : ` AS ${writeIdentifier(item.alias)}`}`;
}

function writeTable(table: TableReference): string {
  switch (table.kind) {
    case 'named-table':
      return `${writeTableName(table.table)}${table.alias === null ? '' : ` AS ${writeIdentifier(table.alias)}`}`;
    case 'derived-table':
      return `(${writeQuery(table.query)}) AS ${writeIdentifier(table.alias)}`;
    case 'joined-table': {
      const right =
        table.right.kind === 'joined-table' ? `(${writeTable(table.right)})` : writeTable(table.right);
      const natural = table.specification?.kind === 'natural' ? 'NATURAL ' : '';
      const type = table.join === 'INNER' ? '' : `${table.join} `;
      return `${writeTable(table.left)} ${natural}${type}JOIN ${right}${writeSpecification(table.specification)}`;
    }
  }
}

function writeSpecification(specification: JoinSpecification | null): string {
  if (specification?.kind === 'on') return ` ON ${condition(specification.condition)}`;
  if (specification?.kind === 'using')
    return ` USING (${specification.columns.map(writeIdentifier).join(', ')})`;
  return '';
}
