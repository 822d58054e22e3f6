import type { CheckedQuery } from '../adql/check/check.ts';
import type { Findings } from '../adql/check/checking.ts';
import type { Shape, ShapePoint } from '../adql/regions/shape.ts';
import type { Comparison, Condition, Expression, Query, Select } from '../adql/syntax-tree.ts';
import type { Column } from '../catalog/column.ts';
import { KernelError } from '../healpix-wasm/kernel-error.ts';
import type { Scan, ScanComparison, ScanRegion } from '../scan/scan.ts';
import type { TableUse } from './plan.ts';
import { constantNumber } from './sky/constants.ts';
import { factOf, turned, writtenOut } from './sky/facts.ts';
import { isAt, mainPlace, type Place, placeOfPoint } from './sky/places.ts';
import { constantShape } from './sky/shapes.ts';
import { onCircle } from './sky/skies.ts';
import type { Ranges } from './sky/sky.ts';
import { isAggregated, outputsOf, plainColumn } from './tree.ts';

/** The scan that answers a query, or why none does, as the end of a sentence. */
export function scanOf(
  { statement, findings }: CheckedQuery,
  uses: readonly TableUse[],
  kernel: Ranges,
): Scan | string {
  if (statement.commonTables.length > 0) return 'it has a WITH clause';
  const select = plainSelect(statement.query);
  if (typeof select === 'string') return select;
  const [use, ...others] = uses;
  if (use === undefined || others.length > 0 || select.from[0] !== use.node)
    return 'it is not of one table alone';
  if (use.release === null) return 'the table is in no release';
  const columns = isCount(select) ? 'count' : plainColumns(select, findings);
  if (columns === null) return 'it computes values';
  const conditions = scanConditions(select.where, use, findings, kernel);
  if (typeof conditions === 'string') return conditions;
  const { release, ranges } = use;
  return { release, columns, ...conditions, ranges, top: select.top === null ? null : Number(select.top) };
}

function plainSelect({ body, orderBy, offset }: Query): Select | string {
  if (orderBy.length > 0) return 'it is ordered';
  if (offset !== null) return 'it has an OFFSET';
  switch (body.kind) {
    case 'query':
      return plainSelect(body);
    case 'set-operation':
      return `it is a ${body.operator}`;
    case 'select':
      if (body.distinct) return 'it is DISTINCT';
      if (isAggregated(body) && !isCount(body)) return 'it has groups or aggregates';
      return body.from.length === 1 && body.from[0]!.kind === 'named-table'
        ? body
        : 'it is not of one table alone';
  }
}

/** `SELECT COUNT(*)`, and nothing else. */
function isCount({ columns: [item, ...others], groupBy, having }: Select): boolean {
  if (item?.kind !== 'derived-column' || others.length > 0 || groupBy.length > 0 || having !== null)
    return false;
  return item.expression.kind === 'aggregate' && item.expression.argument === null;
}

/** Null where it has others. */
function plainColumns(select: Select, findings: Findings): readonly string[] | null {
  const outputs = outputsOf(select, findings);
  const columns = outputs.flatMap(({ source }) => (source === null ? [] : [source.column.name]));
  return columns.length < outputs.length ? null : columns;
}

type Conditions = Pick<Scan, 'regions' | 'comparisons'>;

const NO_SUCH_CONDITION =
  'its conditions are more than regions, and comparisons of columns with numbers, joined by AND';

function scanConditions(
  where: Condition | null,
  { node, table }: TableUse,
  findings: Findings,
  kernel: Ranges,
): Conditions | string {
  const regions: ScanRegion[] = [];
  const comparisons: ScanComparison[] = [];
  const place = mainPlace(node, table);
  const visit = (condition: Condition): boolean => {
    if (condition.kind === 'and') return condition.operands.every(visit);
    const parts = writtenOut(condition, findings);
    if (parts !== null) return visit(parts);
    const compared = comparisonsOf(condition, findings);
    if (compared !== null) {
      comparisons.push(...compared);
      return true;
    }
    const region = place && regionOf(condition, place, findings, kernel);
    if (region !== null) regions.push(region);
    return region !== null;
  };
  return where === null || visit(where) ? { regions, comparisons } : NO_SUCH_CONDITION;
}

function regionOf(condition: Condition, place: Place, findings: Findings, kernel: Ranges): ScanRegion | null {
  const fact = factOf(condition, findings);
  const here = (point: Expression) => isAt(place, placeOfPoint(point, findings));
  if (fact?.kind === 'inside' && fact.exact && here(fact.point)) {
    const shape = constantShape(fact.region, findings);
    return shape && shapeRegion(shape, kernel);
  }
  if (fact?.kind !== 'near' || !fact.exact) return null;
  const radius = constantNumber(fact.radius, findings);
  const other = here(fact.left) ? fact.right : here(fact.right) ? fact.left : null;
  const center = other && constantShape(other, findings);
  if (radius === null || center?.kind !== 'point') return null;
  const { circle, strict } = fact;
  return circle ? circleRegion({ ...center, kind: 'circle', radius }) : coneOf(center, radius, strict);
}

function shapeRegion(shape: Shape, kernel: Ranges): ScanRegion | null {
  switch (shape.kind) {
    case 'point':
      return null;
    case 'circle':
      return circleRegion(shape);
    case 'box':
      return kernelRegion({ ...shape, ...onCircle(shape) }, kernel);
    case 'polygon':
      return kernelRegion({ kind: 'polygon', vertices: shape.vertices.map(onCircle) }, kernel);
  }
}

/** Degrees beyond its radius in which a circle holds what SQL's `almagest.point_in_circle` says it does: what is on its rim. */
const RIM = 2e-12;

function circleRegion(circle: Shape & { kind: 'circle' }): ScanRegion | null {
  return circle.radius >= 0 && circle.radius <= 180
    ? coneOf(circle, Math.min(180, circle.radius + RIM), false)
    : null;
}

function coneOf(center: ShapePoint, radius: number, strict: boolean): ScanRegion | null {
  const { lon, lat } = onCircle(center);
  if (!(radius >= 0 && radius <= 180 && Math.abs(lat) <= 90)) return null;
  return { kind: 'cone', cone: { lon, lat, radius }, strict };
}

/** Null for what the kernel does not take. */
function kernelRegion(
  region: (ScanRegion & { kind: 'region' })['region'],
  kernel: Ranges,
): ScanRegion | null {
  try {
    kernel.regionRanges(region);
    return { kind: 'region', region };
  } catch (error) {
    if (error instanceof KernelError) return null;
    throw error;
  }
}

/** A comparison of a column with a constant, or two for BETWEEN; null for any other condition. */
function comparisonsOf(condition: Condition, findings: Findings): ScanComparison[] | null {
  if (condition.kind === 'between' && !condition.negated) {
    const { operand, low, high } = condition;
    const bounds = [
      comparisonOf({ left: operand, operator: '>=', right: low }, findings),
      comparisonOf({ left: operand, operator: '<=', right: high }, findings),
    ];
    return bounds.every((bound) => bound !== null) ? bounds : null;
  }
  if (condition.kind !== 'comparison') return null;
  const comparison = comparisonOf(turned(condition, findings), findings);
  return comparison && [comparison];
}

/** Those whose values a double holds. */
const NUMBERS: readonly Column['datatype'][] = ['unsignedByte', 'short', 'int', 'float', 'double'];

function comparisonOf(
  { left, operator, right }: Pick<Comparison, 'left' | 'operator' | 'right'>,
  findings: Findings,
): ScanComparison | null {
  const column = plainColumn(left, findings)?.column;
  const value = column === undefined ? null : constantNumber(right, findings);
  if (column === undefined || value === null) return null;
  const isNumber = column.arraysize === null && column.xtype === null && NUMBERS.includes(column.datatype);
  return isNumber ? { column: column.name, operator, value } : null;
}
