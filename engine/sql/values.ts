import { DOUBLE, TEXT, type ValueType } from '../adql/check/value-type.ts';
import type { CaseExpression, Expression, NumberLiteral } from '../adql/syntax-tree.ts';
import { conversionFactor } from '../adql/units/unit.ts';
import { aggregate } from './aggregates.ts';
import { operation, sign } from './arithmetic.ts';
import { cast, timestampLiteral } from './casts.ts';
import { columnReference } from './columns.ts';
import { comparable } from './comparisons.ts';
import { condition } from './conditions.ts';
import { functionCall } from './functions.ts';
import { geometry } from './geometry.ts';
import { doubleLiteral, integerLiteral } from './literals.ts';
import { subquery } from './queries.ts';
import { sqlType } from './sql-types.ts';
import { bound, type Translation, typeOf } from './translation.ts';

/** SQL of a value of the type that the checker found. */
export function value(node: Expression, translation: Translation): string {
  switch (node.kind) {
    case 'number':
      return numberLiteral(node, typeOf(node, translation));
    case 'text':
      return bound(node, translation);
    case 'boolean':
      return node.value ? 'true' : 'false';
    case 'null':
      return 'NULL::text';
    case 'column':
      return columnReference(node, translation);
    case 'operation':
      return operation(node, translation);
    case 'sign':
      return sign(node, translation);
    case 'function':
      return functionCall(node, translation);
    case 'aggregate':
      return aggregate(node, translation);
    case 'searched-case':
    case 'simple-case':
      return caseExpression(node, translation);
    case 'cast':
      return cast(node, translation);
    case 'in-unit': {
      const operand = valueAs(node.operand, DOUBLE, translation);
      const unit = typeOf(node.operand, translation).unit;
      const factor = unit === null ? 1 : conversionFactor(unit, node.unit.text)!;
      if (factor === 1) return operand;
      const { dialect } = translation;
      return dialect.bounded([operand], ([number]) => `(${number} * ${doubleLiteral(factor)})`);
    }
    case 'subquery':
      return `(${subquery(node.query, translation)})`;
    default:
      return geometry(node, translation);
  }
}

/** SQL of a value as another type that holds it. */
export function valueAs(node: Expression, wanted: ValueType, translation: Translation): string {
  const { dialect } = translation;
  const type = typeOf(node, translation);
  const sql = sqlType(wanted, dialect.name);
  if (type.family === 'null') return `NULL::${sql}`;
  if (type.family === 'text' && wanted.family === 'timestamp') {
    return node.kind === 'text'
      ? timestampLiteral(node, translation)
      : dialect.textToTimestamp(value(node, translation));
  }
  const written = value(node, translation);
  return sqlType(type, dialect.name) === sql ? written : `${written}::${sql}`;
}

/** SQL of an integer is of 32 bits where it fits into them, else of 64. */
function numberLiteral({ text, form }: NumberLiteral, { datatype }: ValueType): string {
  if (form !== 'integer') return doubleLiteral(Number(text));
  return datatype === 'long' ? `${integerLiteral(text)}::bigint` : integerLiteral(text);
}

function caseExpression(node: CaseExpression, translation: Translation): string {
  const type = typeOf(node, translation);
  const result = (expression: Expression) =>
    valueAs(expression, type.family === 'null' ? TEXT : type, translation);
  const otherwise = node.otherwise === null ? '' : ` ELSE ${result(node.otherwise)}`;
  if (node.kind === 'searched-case') {
    const branches = node.branches.map(
      (branch) => ` WHEN ${condition(branch.when, translation)} THEN ${result(branch.result)}`,
    );
    return `(CASE${branches.join('')}${otherwise} END)`;
  }
  const [operand, ...values] = comparable(
    [node.operand, ...node.branches.map(({ when }) => when)],
    translation,
  );
  const branches = node.branches.map(
    (branch, index) => ` WHEN ${values[index]} THEN ${result(branch.result)}`,
  );
  return `(CASE ${operand}${branches.join('')}${otherwise} END)`;
}
