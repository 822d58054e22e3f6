import type { Column } from '../../catalog/column.ts';
import type { ColumnReference, DerivedColumn, Expression } from '../syntax-tree.ts';
import { writeAdqlExpression } from '../write.ts';
import type { Findings } from './checking.ts';
import type { SourceColumn } from './scope.ts';
import type { ValueType } from './value-type.ts';

const LONGEST_DESCRIPTION = 200;

/** A column of the result that is one of FROM as it is. */
export function copiedColumn({ column }: SourceColumn): Column {
  return { ...column, indexed: false };
}

/**
 * A column of the result: its name is the alias, else the column's or function's, else a number.
 * @param index from 0
 */
export function resultColumn(
  { expression, alias }: DerivedColumn,
  index: number,
  findings: Findings,
): Column {
  const { datatype, arraysize, xtype, unit, ucd } = findings.types.get(expression)!;
  const name = alias?.name ?? defaultName(expression, index, findings);
  const shape = { name, datatype, arraysize, xtype, unit, ucd };
  const resolution = expression.kind === 'column' ? findings.columns.get(expression) : undefined;
  if (resolution !== undefined && 'source' in resolution) {
    const copied = copiedColumn(resolution);
    const isPart = expression.kind === 'column' && expression.subscripts.length > 0;
    return { ...(isPart ? withHoles(copied) : copied), ...shape };
  }
  return {
    ...shape,
    utype: null,
    description: formula(expression),
    principal: true,
    indexed: false,
    std: false,
  };
}

function defaultName(expression: Expression, index: number, findings: Findings): string {
  switch (expression.kind) {
    case 'column': {
      const resolution = findings.columns.get(expression)!;
      const name = 'source' in resolution ? resolution.column.name : expression.name.name;
      return [name, ...subscriptNames(expression)].join('_');
    }
    case 'function':
    case 'aggregate':
      return expression.name.toLowerCase();
    case 'cast':
    case 'in-unit':
      return expression.operand.kind === 'column'
        ? defaultName(expression.operand, index, findings)
        : `col_${index + 1}`;
    case 'point':
    case 'circle':
    case 'box':
    case 'polygon':
    case 'region':
    case 'contains':
    case 'intersects':
    case 'distance':
    case 'area':
    case 'centroid':
    case 'coord1':
    case 'coord2':
    case 'coordsys':
      return expression.kind;
    default:
      return `col_${index + 1}`;
  }
}

function subscriptNames({ subscripts }: ColumnReference): string[] {
  return subscripts.flatMap((subscript) => {
    if (subscript.kind === 'enumeration-item') return [subscript.item.name];
    return subscript.kind === 'element' ? [subscript.index] : [];
  });
}

function formula(expression: Expression): string {
  const text = writeAdqlExpression(expression);
  return text.length > LONGEST_DESCRIPTION ? `${text.slice(0, LONGEST_DESCRIPTION - 1)}…` : text;
}

/** The metadata of a set operation's column are those of the left operand (ADQL 2.1 §4.6); its type holds both. */
export function unitedColumn(left: Column, common: ValueType): Column {
  const { datatype, arraysize, xtype } = common;
  return { ...withHoles(left), datatype, arraysize, xtype };
}

/** Of which it is not known any more whether elements of its arrays are null. */
function withHoles({ wholeArrays, ...column }: Column): Column {
  return column;
}
