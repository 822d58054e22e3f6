import { AdqlSyntaxError } from './errors.ts';
import { geometryCall, isGeometryName } from './geometry-calls.ts';
import type { Position } from './position.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import type { AggregateName, Expression } from './syntax-tree.ts';

/** A function call as it is written. */
export interface Call {
  readonly name: string;
  /** What may stand before the argument of an aggregate. */
  readonly quantifier: 'DISTINCT' | 'ALL' | null;
  /** `*` is the argument of COUNT. */
  readonly arguments: readonly Expression[] | '*';
  readonly position: Position;
}

const AGGREGATES: ReadonlySet<string> = new Set<AggregateName>(['AVG', 'COUNT', 'MAX', 'MIN', 'SUM']);

/**
 * The node of a function call: aggregates, geometry and IN_UNIT have their own.
 * @throws AdqlSyntaxError for arguments that the grammar of such a function does not take
 */
export function functionCall(call: Call): Expression {
  const { position } = call;
  const upper = call.name.toUpperCase();
  if (AGGREGATES.has(upper)) return aggregate(upper as AggregateName, call);
  if (call.quantifier !== null) {
    throw new AdqlSyntaxError(`${call.quantifier} stands only in AVG, COUNT, MAX, MIN and SUM`, position);
  }
  if (call.arguments === '*')
    throw new AdqlSyntaxError(`Only COUNT takes *, ${call.name} does not`, position);
  if (isGeometryName(upper)) return geometryCall(upper, call.arguments, position);
  if (upper === 'IN_UNIT') return inUnit(call.arguments, position);
  if (upper === 'COALESCE' && call.arguments.length === 0) {
    throw new AdqlSyntaxError('COALESCE takes at least one argument', position);
  }
  const name = RESERVED_WORDS.has(upper) ? upper : call.name;
  return { kind: 'function', position, name, arguments: call.arguments };
}

function aggregate(name: AggregateName, call: Call): Expression {
  const { position } = call;
  const distinct = call.quantifier === 'DISTINCT';
  if (call.arguments === '*') {
    if (name !== 'COUNT' || call.quantifier !== null) {
      throw new AdqlSyntaxError(`* is an argument of COUNT alone, as COUNT(*)`, position);
    }
    return { kind: 'aggregate', position, name, distinct, argument: null };
  }
  const [argument, ...more] = call.arguments;
  if (argument === undefined || more.length > 0) {
    const form = name === 'COUNT' ? 'COUNT(*), COUNT(value)' : `${name}(value)`;
    throw new AdqlSyntaxError(
      `${name} takes one argument, not ${call.arguments.length}: ${form} or ${name}(DISTINCT value)`,
      position,
    );
  }
  return { kind: 'aggregate', position, name, distinct, argument };
}

function inUnit([operand, unit, ...more]: readonly Expression[], position: Position): Expression {
  if (operand === undefined || unit?.kind !== 'text' || more.length > 0) {
    throw new AdqlSyntaxError("IN_UNIT takes a number and a unit in quotes, as IN_UNIT(ra, 'rad')", position);
  }
  return { kind: 'in-unit', position, operand, unit };
}
