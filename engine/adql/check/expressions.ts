import { AdqlCheckError } from '../errors.ts';
import { parseStcs } from '../regions/stcs.ts';
import type { Aggregate, CaseExpression, Expression, NumberLiteral, Query, Sign } from '../syntax-tree.ts';
import { callType } from './calls.ts';
import { castTypeOf } from './casts.ts';
import type { Context } from './checking.ts';
import { columnType } from './columns.ts';
import { refuseIncomparable } from './compare.ts';
import { compoundCondition } from './compound-regions.ts';
import { checkCondition } from './conditions.ts';
import { geometryType } from './geometry.ts';
import { inUnitType } from './in-unit.ts';
import { operationType } from './operators.ts';
import {
  atLeastInteger,
  BOOLEAN,
  commonType,
  DOUBLE,
  described,
  INTEGER,
  isInteger,
  isNumber,
  LONG,
  NULL,
  REGION,
  TEXT,
  typeOfColumn,
  type ValueType,
} from './value-type.ts';

const LARGEST_INTEGER = 2n ** 31n - 1n;
const LARGEST_LONG = 2n ** 63n - 1n;

/**
 * The type of a value; it is written down, as are those of all values within it.
 * @throws AdqlCheckError
 */
export function typeOf(node: Expression, context: Context): ValueType {
  const type = typeOfNode(node, context);
  context.checking.findings.types.set(node, type);
  return type;
}

function typeOfNode(node: Expression, context: Context): ValueType {
  const inner = (expression: Expression) => typeOf(expression, context);
  switch (node.kind) {
    case 'number':
      return literalType(node, LARGEST_LONG);
    case 'text':
      return { ...TEXT, datatype: isAscii(node.text) ? 'char' : 'unicodeChar' };
    case 'boolean':
      return BOOLEAN;
    case 'null':
      return NULL;
    case 'column':
      return columnType(node, context);
    case 'operation':
      return operationType(node, inner(node.left), inner(node.right));
    case 'sign':
      return signType(node, context);
    case 'function': {
      const types = node.arguments.map(inner);
      if (node.name === 'COALESCE') return commonTypeOf(node.arguments, types, 'COALESCE gives');
      return callType(node, types, context.checking.catalog.functions);
    }
    case 'aggregate':
      return aggregateType(node, context);
    case 'searched-case':
    case 'simple-case':
      return caseType(node, context);
    case 'cast':
      return castTypeOf(node, inner(node.operand));
    case 'in-unit':
      return inUnitType(node, inner(node.operand));
    case 'subquery':
      return subqueryType(node.query, context);
    case 'region':
      context.checking.findings.regions.set(node, parseStcs(node.text));
      return REGION;
    case 'contains':
    case 'intersects': {
      const { findings } = context.checking;
      const type = geometryType(node, inner);
      const written = compoundCondition(node, findings);
      if (written !== null) findings.compounds.set(node, written);
      return type;
    }
    default:
      return geometryType(node, inner);
  }
}

/** The type of the one column that a subquery gives. */
export function subqueryType(query: Query, { checking, scope }: Context): ValueType {
  const columns = checking.subquery(query, scope);
  const [column] = columns;
  if (column !== undefined && columns.length === 1)
    return checking.untyped.has(column) ? NULL : typeOfColumn(column);
  throw new AdqlCheckError(`A subquery gives one column here, not ${columns.length}`, query.position);
}

function literalType({ text, form, position }: NumberLiteral, largest: bigint): ValueType {
  if (form === 'integer') {
    const value = BigInt(text);
    if (value <= LARGEST_INTEGER) return INTEGER;
    if (value <= largest) return LONG;
    throw new AdqlCheckError(
      'This integer does not fit into 64 bits: written with e0 it is a real number',
      position,
    );
  }
  if (Number.isFinite(Number(text))) return DOUBLE;
  throw new AdqlCheckError('This number does not fit into 64 bits', position);
}

function signType(node: Sign, context: Context): ValueType {
  const { operator, operand } = node;
  // The smallest integer has no positive counterpart.
  const isLiteral = operator === '-' && operand.kind === 'number';
  const type = isLiteral ? literalType(operand, LARGEST_LONG + 1n) : typeOf(operand, context);
  if (isLiteral) context.checking.findings.types.set(operand, type);
  if (operator === '~' ? isInteger(type) : isNumber(type))
    return { ...atLeastInteger(type), unit: type.unit };
  const wanted = operator === '~' ? 'an integer' : 'a number';
  throw new AdqlCheckError(`“${operator}” takes ${wanted}, and this is ${described(type)}`, operand.position);
}

function aggregateType({ name, distinct, argument, position }: Aggregate, context: Context): ValueType {
  const { aggregatesForbidden } = context;
  if (aggregatesForbidden !== null) {
    const hint = aggregatesForbidden === 'in WHERE' ? ': conditions on groups stand in HAVING' : '';
    throw new AdqlCheckError(`${name} may not stand ${aggregatesForbidden}${hint}`, position);
  }
  context.onAggregate();
  const count: ValueType = { ...LONG, ucd: 'meta.number' };
  if (argument === null) return count;
  const type = typeOf(argument, { ...context, aggregatesForbidden: 'within another aggregate' });
  if (name === 'COUNT') {
    if (distinct) refuseIncomparable(type, type, argument.position);
    return count;
  }
  if (name === 'MIN' || name === 'MAX') {
    refuseIncomparable(type, type, argument.position);
    return { ...type, ucd: type.ucd?.replace(/;meta\.main$/, '') ?? null };
  }
  if (!isNumber(type)) {
    throw new AdqlCheckError(`${name} takes numbers, not ${described(type)}`, argument.position);
  }
  if (name === 'AVG')
    return { ...DOUBLE, unit: type.unit, ucd: type.ucd?.replace(/;meta\.main$/, '') ?? null };
  return { ...(isInteger(type) ? LONG : DOUBLE), unit: type.unit };
}

function caseType(node: CaseExpression, context: Context): ValueType {
  if (node.kind === 'simple-case') {
    const operand = typeOf(node.operand, context);
    for (const { when } of node.branches) refuseIncomparable(operand, typeOf(when, context), when.position);
  } else {
    for (const { when } of node.branches) checkCondition(when, context);
  }
  const results = node.branches.map(({ result }) => result);
  const values = node.otherwise === null ? results : [...results, node.otherwise];
  return commonTypeOf(
    values,
    values.map((value) => typeOf(value, context)),
    'CASE gives',
  );
}

/** @throws AdqlCheckError if the values have no common type */
function commonTypeOf(values: readonly Expression[], types: readonly ValueType[], what: string): ValueType {
  let common = NULL;
  for (const [index, type] of types.entries()) {
    const next = commonType(common, type);
    if (next === null) {
      throw new AdqlCheckError(
        `${what} ${described(common)} before, but ${described(type)} here`,
        values[index]!.position,
      );
    }
    common = next;
  }
  return common;
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
