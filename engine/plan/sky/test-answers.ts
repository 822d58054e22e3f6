import assert from 'node:assert/strict';
import { kernel, separation } from '../../../test/sky.ts';
import type { CheckedQuery } from '../../adql/check/check.ts';
import type {
  CircleConstructor,
  Condition,
  Expression,
  JoinedTable,
  NamedTable,
  Query,
  QueryBody,
  Select,
  TableReference,
} from '../../adql/syntax-tree.ts';
import type { Region } from '../../healpix-wasm/kernel.ts';
import { contentOf, outputsOf, type Relation, relationsOf } from '../tree.ts';
import { constantShape } from './shapes.ts';

/** A row of a test's table. */
export interface TestRow {
  readonly id: number;
  readonly ra: number;
  readonly dec: number;
  readonly x: number;
  readonly y: number;
}

type Value = number | { readonly lon: number; readonly lat: number } | null;
type Truth = boolean | null;
/** The row of each item of FROM, null for one that an outer join made up. */
type Row = ReadonlyMap<Relation, ReadonlyMap<string, Value> | null>;

/**
 * The answer to a query, worked out row by row as SQL defines it: slow, and for what the tests of the planner ask alone.
 * @param rowsOf each published table of the query
 */
export function answer(query: CheckedQuery, rowsOf: (table: NamedTable) => readonly TestRow[]): string[] {
  const { findings, statement } = query;

  function queryRows({ body, offset }: Query, outer: Row): Value[][] {
    return bodyRows(body, outer).slice(Number(offset ?? 0));
  }

  function bodyRows(body: QueryBody, outer: Row): Value[][] {
    switch (body.kind) {
      case 'query':
        return queryRows(body, outer);
      case 'select':
        return selectRows(body, outer);
      case 'set-operation': {
        const [left, right] = [bodyRows(body.left, outer), bodyRows(body.right, outer)];
        const has = new Set(right.map(textOf));
        if (body.operator === 'EXCEPT') return left.filter((row) => !has.has(textOf(row)));
        if (body.operator === 'INTERSECT') return left.filter((row) => has.has(textOf(row)));
        return [...left, ...right];
      }
    }
  }

  function selectRows(select: Select, outer: Row): Value[][] {
    let rows: Row[] = [outer];
    for (const reference of select.from) {
      const more = tableRows(reference, outer);
      rows = rows.flatMap((row) => more.map((other) => new Map([...row, ...other])));
    }
    rows = rows.filter((row) => select.where === null || truth(select.where, row) === true);
    const outputs = outputsOf(select, findings);
    const answers = rows.map((row) =>
      outputs.map(({ source, expression }) =>
        expression === null
          ? (row.get(source!.source as Relation)?.get(source!.column.name) ?? null)
          : value(expression, row),
      ),
    );
    const top = select.top === null ? answers.length : Number(select.top);
    if (select.columns.some((item) => item.kind === 'derived-column' && item.expression.kind === 'aggregate'))
      return [[answers.length]];
    return answers.slice(0, top);
  }

  function tableRows(reference: TableReference, outer: Row): Row[] {
    if (reference.kind === 'joined-table') return joinedRows(reference, outer);
    const content = contentOf(reference, query);
    if ('schema' in content) {
      return rowsOf(reference as NamedTable).map(
        (row) => new Map([[reference, new Map<string, Value>(Object.entries(row))]]),
      );
    }
    const names = findings.results.get(content)!.map(({ name }) => name);
    return queryRows(content, outer).map(
      (row) => new Map([[reference, new Map(row.map((cell, at) => [names[at]!, cell]))]]),
    );
  }

  function joinedRows({ join, left, right, specification }: JoinedTable, outer: Row): Row[] {
    const [lefts, rights] = [tableRows(left, outer), tableRows(right, outer)];
    const [noLeft, noRight] = [left, right].map(
      (side): Row => new Map(relationsOf([side]).map((relation) => [relation, null])),
    );
    const matched = new Set<Row>();
    const rows: Row[] = [];
    for (const a of lefts) {
      for (const b of rights) {
        const row = new Map([...outer, ...a, ...b]);
        if (specification?.kind === 'on' && truth(specification.condition, row) !== true) continue;
        matched.add(a).add(b);
        rows.push(row);
      }
    }
    const missing = (sides: Row[], other: Row) =>
      sides.filter((side) => !matched.has(side)).map((side) => new Map([...side, ...other]));
    if (join === 'LEFT' || join === 'FULL') rows.push(...missing(lefts, noRight!));
    if (join === 'RIGHT' || join === 'FULL') rows.push(...missing(rights, noLeft!));
    return rows;
  }

  function truth(condition: Condition, row: Row): Truth {
    switch (condition.kind) {
      case 'and':
      case 'or': {
        const operands = condition.operands.map((operand) => truth(operand, row));
        const decisive = condition.kind === 'or';
        return operands.includes(decisive) ? decisive : operands.includes(null) ? null : !decisive;
      }
      case 'not': {
        const operand = truth(condition.operand, row);
        return operand === null ? null : !operand;
      }
      case 'comparison': {
        const [a, b] = [number(condition.left, row), number(condition.right, row)];
        if (a === null || b === null) return null;
        const results = { '=': a === b, '<>': a !== b, '<': a < b, '>': a > b, '<=': a <= b, '>=': a >= b };
        return results[condition.operator];
      }
      case 'between': {
        const [a, low, high] = [condition.operand, condition.low, condition.high].map((each) =>
          number(each, row),
        );
        return a === null || low === null || high === null ? null : a! >= low! && a! <= high!;
      }
      case 'in': {
        assert.ok(!('kind' in condition.values));
        const a = number(condition.operand, row);
        return a === null ? null : condition.values.some((each) => number(each, row) === a);
      }
      case 'exists':
        return queryRows(condition.query, row).length > 0;
      default:
        return assert.fail(condition.kind);
    }
  }

  function number(expression: Expression, row: Row): number | null {
    const found = value(expression, row);
    assert.ok(found === null || typeof found === 'number');
    return found;
  }

  function point(expression: Expression, row: Row): { lon: number; lat: number } | null {
    const found = value(expression, row);
    assert.ok(found === null || typeof found === 'object');
    return found;
  }

  function value(expression: Expression, row: Row): Value {
    switch (expression.kind) {
      case 'number':
        return Number(expression.text);
      case 'sign':
        return -number(expression.operand, row)!;
      case 'aggregate':
        return null;
      case 'column': {
        const found = findings.columns.get(expression)!;
        assert.ok('source' in found);
        return row.get(found.source as Relation)?.get(found.column.name) ?? null;
      }
      case 'point': {
        const [lon, lat] = [number(expression.longitude, row), number(expression.latitude, row)];
        return lon === null || lat === null ? null : { lon, lat };
      }
      case 'function': {
        const [order, lon, lat] = expression.arguments.map((argument) => number(argument, row));
        if (lon === null || lat === null || Math.abs(lat!) > 90) return null;
        const cell = kernel.hash(Float64Array.of(lon!), Float64Array.of(lat!))[0]!;
        return Number(cell >> BigInt(2 * (29 - order!)));
      }
      case 'distance':
        return distance(point(expression.left, row), point(expression.right, row));
      case 'contains':
        return contains(expression.left, expression.right, row);
      case 'intersects':
        if (expression.left.kind === 'circle' && expression.right.kind === 'circle')
          return circlesIntersect(expression.left, expression.right, row);
        return findings.types.get(expression.left)!.family === 'point'
          ? contains(expression.left, expression.right, row)
          : contains(expression.right, expression.left, row);
      default:
        return assert.fail(expression.kind);
    }
  }

  function contains(inner: Expression, outer: Expression, row: Row): number | null {
    const position = point(inner, row);
    if (position === null) return null;
    if (outer.kind === 'circle') {
      const apart = distance(position, point(outer.center, row));
      return apart === null ? null : Number(apart <= number(outer.radius, row)!);
    }
    const region = constantShape(outer, findings) as Region;
    return kernel.regionRows(region, Float64Array.of(position.lon), Float64Array.of(position.lat), null)
      .length;
  }

  function circlesIntersect(a: CircleConstructor, b: CircleConstructor, row: Row): number | null {
    const apart = distance(point(a.center, row), point(b.center, row));
    return apart === null ? null : Number(apart <= number(a.radius, row)! + number(b.radius, row)!);
  }

  return queryRows(statement.query, new Map()).map(textOf);
}

function distance(a: Value, b: Value): number | null {
  if (a === null || b === null) return null;
  assert.ok(typeof a === 'object' && typeof b === 'object');
  return separation({ ...a, radius: 0 }, b.lon, b.lat);
}

function textOf(row: readonly Value[]): string {
  return JSON.stringify(row);
}
