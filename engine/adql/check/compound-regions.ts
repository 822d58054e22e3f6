import { AdqlCheckError } from '../errors.ts';
import {
  type Operand,
  type PredicateTree,
  predicateTree,
  type Single,
  UndecidedRegions,
} from '../regions/predicates.ts';
import { isCompound, shapesIn } from '../regions/shape.ts';
import type {
  Condition,
  Expression,
  GeometryPredicate,
  NumberLiteral,
  RegionConstructor,
} from '../syntax-tree.ts';
import type { Findings } from './checking.ts';
import { INTEGER, REGION } from './value-type.ts';

/** More would take seconds to plan: in a query, and pairs of shapes in one predicate. */
const MOST_COMPOUNDS = 100;
const MOST_PAIRS = 2000;

/**
 * A predicate of a REGION that is made of several shapes, written out in predicates of single shapes; null for any other. All
 * its nodes are typed.
 * @throws AdqlCheckError where the parts do not tell
 */
export function compoundCondition(node: GeometryPredicate, findings: Findings): Condition | null {
  const isMade = (expression: Expression) =>
    expression.kind === 'region' && isCompound(findings.regions.get(expression)!);
  if (!isMade(node.left) && !isMade(node.right)) return null;
  const operandOf = (expression: Expression): Operand => {
    if (expression.kind === 'region') return findings.regions.get(expression)!;
    const { family } = findings.types.get(expression)!;
    return { kind: 'own', isPoint: family === 'point' || family === 'null' };
  };
  const own = node.left.kind === 'region' ? node.right : node.left;
  const region = isMade(node.left) ? node.left : node.right;
  const pairs = [node.left, node.right].reduce((product, expression) => {
    const given = expression.kind === 'region' ? findings.regions.get(expression)! : null;
    return product * (given === null ? 1 : shapesIn(given));
  }, 1);
  if (pairs > MOST_PAIRS)
    throw new AdqlCheckError(
      `These regions make ${pairs} pairs of shapes, and at most ${MOST_PAIRS} are compared`,
      region.position,
    );
  if (findings.compounds.size >= MOST_COMPOUNDS)
    throw new AdqlCheckError(
      `A query compares at most ${MOST_COMPOUNDS} regions of several shapes: put shapes into one Union or Intersection`,
      region.position,
    );
  return conditionOf(treeOf(), node, own, region as RegionConstructor, findings);

  function treeOf(): PredicateTree {
    try {
      return predicateTree(node.kind, operandOf(node.left), operandOf(node.right));
    } catch (error) {
      if (error instanceof UndecidedRegions) throw new AdqlCheckError(error.message, region.position);
      throw error;
    }
  }
}

function conditionOf(
  tree: PredicateTree,
  { position }: GeometryPredicate,
  own: Expression,
  region: RegionConstructor,
  findings: Findings,
): Condition {
  const { types, regions } = findings;
  const [zero, one] = ['0', '1'].map((text): NumberLiteral => {
    const number: NumberLiteral = { kind: 'number', position, text, form: 'integer' };
    types.set(number, INTEGER);
    return number;
  }) as [NumberLiteral, NumberLiteral];
  return written(tree);

  function written(part: PredicateTree): Condition {
    switch (part.kind) {
      case 'and':
      case 'or':
        return { kind: part.kind, position, operands: part.operands.map(written) };
      case 'not':
        return { kind: 'not', position, operand: written(part.operand) };
      case 'constant':
        return { kind: 'comparison', position, operator: '=', left: one, right: part.value ? one : zero };
      default: {
        const node: GeometryPredicate = {
          kind: part.kind,
          position,
          left: single(part.left),
          right: single(part.right),
        };
        types.set(node, INTEGER);
        return { kind: 'comparison', position, operator: '=', left: one, right: node };
      }
    }
  }

  function single(shape: Single): Expression {
    if (shape === 'own') return own;
    const node: RegionConstructor = { ...region };
    types.set(node, REGION);
    regions.set(node, shape);
    return node;
  }
}
