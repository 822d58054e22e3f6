import { PRECEDENCE } from './operators.ts';
import type { Condition, Expression, Subscript } from './syntax-tree.ts';
import { writeGeometry } from './write-geometry.ts';
import { type WriteQuery, writeIdentifier, writeTableName, writeText } from './write-names.ts';

/** Canonical ADQL of a value. */
export function writeExpression(node: Expression, query: WriteQuery): string {
  const write = (expression: Expression) => writeExpression(expression, query);
  const operand = (expression: Expression, loosest: number) =>
    tightness(expression) < loosest ? `(${write(expression)})` : write(expression);
  switch (node.kind) {
    case 'number':
      return node.text;
    case 'text':
      return writeText(node.text);
    case 'boolean':
      return node.value ? 'TRUE' : 'FALSE';
    case 'null':
      return 'NULL';
    case 'column': {
      const table = node.table === null ? '' : `${writeTableName(node.table)}.`;
      return `${table}${writeIdentifier(node.name)}${node.subscripts.map(writeSubscript).join('')}`;
    }
    case 'operation': {
      const own = PRECEDENCE[node.operator];
      return `${operand(node.left, own)} ${node.operator} ${operand(node.right, own + 1)}`;
    }
    case 'sign':
      return `${node.operator}${operand(node.operand, TIGHTEST)}`;
    case 'function':
      return `${node.name}(${node.arguments.map(write).join(', ')})`;
    case 'aggregate':
      return `${node.name}(${node.distinct ? 'DISTINCT ' : ''}${node.argument === null ? '*' : write(node.argument)})`;
    case 'searched-case': {
      const branches = node.branches.map(
        ({ when, result }) => ` WHEN ${writeCondition(when, query)} THEN ${write(result)}`,
      );
      return `CASE${branches.join('')}${node.otherwise === null ? '' : ` ELSE ${write(node.otherwise)}`} END`;
    }
    case 'simple-case': {
      const branches = node.branches.map(({ when, result }) => ` WHEN ${write(when)} THEN ${write(result)}`);
      const otherwise = node.otherwise === null ? '' : ` ELSE ${write(node.otherwise)}`;
      return `CASE ${write(node.operand)}${branches.join('')}${otherwise} END`;
    }
    case 'cast':
      return `CAST(${write(node.operand)} AS ${node.type}${node.length === null ? '' : `(${node.length})`})`;
    case 'in-unit':
      return `IN_UNIT(${write(node.operand)}, ${writeText(node.unit.text)})`;
    case 'subquery':
      return `(${query(node.query)})`;
    default:
      return writeGeometry(node, write);
  }
}

/** Canonical ADQL of a condition. */
export function writeCondition(node: Condition, query: WriteQuery): string {
  const value = (expression: Expression) => writeExpression(expression, query);
  const condition = (operand: Condition) => writeCondition(operand, query);
  const not = 'negated' in node && node.negated ? 'NOT ' : '';
  switch (node.kind) {
    case 'or':
    case 'and': {
      const bracket = (operand: Condition) =>
        operand.kind === 'or' || operand.kind === node.kind ? `(${condition(operand)})` : condition(operand);
      return node.operands.map(bracket).join(node.kind === 'or' ? ' OR ' : ' AND ');
    }
    case 'not': {
      const compound =
        node.operand.kind === 'or' || node.operand.kind === 'and' || node.operand.kind === 'not';
      return compound ? `NOT (${condition(node.operand)})` : `NOT ${condition(node.operand)}`;
    }
    case 'comparison':
      return `${value(node.left)} ${node.operator} ${value(node.right)}`;
    case 'between':
      return `${value(node.operand)} ${not}BETWEEN ${value(node.low)} AND ${value(node.high)}`;
    case 'in': {
      const values = 'kind' in node.values ? query(node.values) : node.values.map(value).join(', ');
      return `${value(node.operand)} ${not}IN (${values})`;
    }
    case 'like':
    case 'ilike':
      return `${value(node.operand)} ${not}${node.kind.toUpperCase()} ${value(node.pattern)}`;
    case 'is-null':
      return `${value(node.operand)} IS ${not}NULL`;
    case 'exists':
      return `EXISTS (${query(node.query)})`;
  }
}

const TIGHTEST = 5;

function tightness(node: Expression): number {
  if (node.kind === 'operation') return PRECEDENCE[node.operator];
  return node.kind === 'sign' ? TIGHTEST - 1 : TIGHTEST;
}

function writeSubscript(subscript: Subscript): string {
  switch (subscript.kind) {
    case 'element':
      return `[${subscript.index}]`;
    case 'slice':
      return `[${subscript.first}:${subscript.last}]`;
    case 'enumeration-item':
      return `[${writeIdentifier(subscript.enumeration)}::${writeIdentifier(subscript.item)}]`;
  }
}
