import { Vector } from 'apache-arrow';
import type { Column, Datatype } from '../catalog/column.ts';
import { arrowType } from '../table/arrow.ts';
import type { Batch, Overflow } from '../table/result.ts';
import type { PostgresAccess } from './access.ts';
import { runPostgres } from './run.ts';

export function accessOf(url: string): PostgresAccess {
  const { hostname: host, port, username: user, password, pathname } = new URL(url);
  return { host, port: Number(port), user, password, database: pathname.slice(1), connect: null };
}

export function columnOf(datatype: Datatype, rest: Partial<Column> = {}): Column {
  const text = datatype === 'char' || datatype === 'unicodeChar';
  return {
    ...{ name: 'value', datatype, arraysize: text ? '*' : null, xtype: null, unit: null, ucd: null },
    ...{ utype: null, description: null, principal: true, indexed: false, std: false, ...rest },
  };
}

export interface QueryOptions {
  readonly rows?: number;
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  readonly parameters?: readonly (string | null)[];
}

export function query(
  access: PostgresAccess,
  text: string,
  columns: readonly Column[],
  options: QueryOptions = {},
): AsyncGenerator<Batch, Overflow, undefined> {
  const { rows = 1000, seconds = 20, signal = null, parameters = [] } = options;
  const values = parameters.map((value) => ({ value }));
  return runPostgres(access, { text, columns, parameters: values }, { rows, seconds }, signal);
}

/** A query's whole answer; cells as Arrow has them, arrays of numbers as arrays. */
export async function answer(
  access: PostgresAccess,
  text: string,
  columns: readonly Column[],
  options?: QueryOptions,
): Promise<Overflow & { rows: unknown[][] }> {
  const batches = query(access, text, columns, options);
  const rows: unknown[][] = [];
  for (;;) {
    const { done, value } = await batches.next();
    if (done) return { rows, ...value };
    const vectors = value.columns.map(({ data }) => new Vector([data]));
    for (const [index, { type }] of vectors.entries()) {
      if (`${type}` !== `${arrowType(columns[index]!)}`)
        throw new Error(`${columns[index]!.name} is ${type}`);
    }
    for (let row = 0; row < value.length; row++) rows.push(vectors.map((vector) => cell(vector, row)));
  }
}

/** Timestamps as microseconds: the vector's own `get` rounds them to milliseconds. */
function cell(vector: Vector, row: number): unknown {
  const [data] = vector.data;
  const value = vector.get(row);
  if (value instanceof Vector) return value.toJSON();
  const instant = value !== null && `${data!.type}`.startsWith('Timestamp');
  return instant ? (data!.values as BigInt64Array)[row] : value;
}
