import { type Table as ArrowTable, tableFromIPC } from 'apache-arrow';
import type pg from 'pg';
import type { CheckedQuery } from '../adql/check/check.ts';
import { type Column, isArray, isText } from '../catalog/column.ts';
import { qualifiedName, type Table } from '../catalog/table.ts';
import { startInstance } from '../duckdb/instance.ts';
import { loadDuckdbCode } from '../duckdb/node.ts';
import type { TableUse } from '../plan/plan.ts';
import { positionJoinsOf } from '../plan/sky/position-joins.ts';
import { isCommonTable } from '../plan/tree.ts';
import { arrowType } from '../table/arrow.ts';
import { quoted } from './quoted.ts';
import type { Dialect } from './sql.ts';
import { sqlTypeOfColumn } from './sql-types.ts';
import { translate } from './translate.ts';

export type Value = number | bigint | string | boolean | null | readonly Value[];

/** Tables with the same rows in PostgreSQL and in DuckDB, for tests. */
export interface Engines {
  /** The rows that an engine gives; @throws the engine's error. */
  answer(query: CheckedQuery, dialect: Dialect): Promise<Value[][]>;
}

const STEPS = ['NULL', "'NaN'", '0', '1', '-1', '2.5', '-7.25', '10.125', '83.6', '359.9', '45', '-89.5'];
const WORDS = ['NULL', "''", "'Ori'", "'UMa'", "'sirius'", "'Sirius'", "'α Cen'", "'a#b'", "'_%'", "'NGC 7'"];

/** SQL of a value for a column of a row, of any kind that the column may hold. */
function sample(column: Column, row: number, place: number): string {
  const type = sqlTypeOfColumn(column, 'postgresql');
  const step = (row * 7 + place * 5) % 12;
  if (column.xtype === 'timestamp')
    return `CAST('2014-01-${String((row % 28) + 1).padStart(2, '0')} 00:00:0${row % 10}.5' AS timestamp)`;
  if (isArray(column)) {
    const numbers = column.xtype === 'polygon' ? [10, 10, 20 + row, 10, 15, 20] : [row, row / 2, 3];
    const count = column.xtype === 'point' ? 2 : column.xtype === 'polygon' ? 6 : 3;
    return `CAST(ARRAY[${numbers.slice(0, count).join(', ')}] AS ${type})`;
  }
  if (column.ucd?.startsWith('pos.eq.ra')) return `CAST(${(row * 37.3 + 0.5) % 360} AS ${type})`;
  if (column.ucd?.startsWith('pos.eq.dec')) return `CAST(${((row * 17.9) % 180) - 90} AS ${type})`;
  if (isText(column)) return `CAST(${WORDS[(row + place) % WORDS.length]} AS text)`;
  if (column.datatype === 'boolean') return ['true', 'false', 'NULL'][row % 3]!;
  if (column.datatype === 'float' || column.datatype === 'double') return `CAST(${STEPS[step]} AS ${type})`;
  return row % 9 === 8 ? `CAST(NULL AS ${type})` : `CAST(${row * 3 - 20} AS ${type})`;
}

/** @param client a session in an empty database with Almagest's functions */
export async function makeEngines(
  client: pg.Client,
  tables: readonly Table[],
  rows: number,
): Promise<Engines> {
  const { control, makeFunctions } = await startInstance(loadDuckdbCode(), 256 << 20);
  await client.query("SET TimeZone = 'UTC'; SET jit = off");
  for (const [number, table] of tables.entries()) {
    const values = Array.from(
      { length: rows },
      (_, row) => `(${table.columns.map((column, place) => sample(column, row, place)).join(', ')})`,
    ).join(', ');
    const names = table.columns.map(({ name }) => quoted(name)).join(', ');
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(table.schema)};
      CREATE TABLE ${quoted(table.schema)}.${quoted(table.name)} AS SELECT * FROM (VALUES ${values}) AS v (${names})`);
    const columns = table.columns.map((_, place) => `c${place}`).join(', ');
    control.run(`CREATE TABLE base${number} AS SELECT * FROM (VALUES ${values}) AS v (${columns})`);
  }
  return {
    async answer(query, dialect) {
      const uses: TableUse[] = [];
      for (const [node, table] of query.findings.tables) {
        if (!isCommonTable(table)) {
          uses.push({ node, table, release: null, columns: [], ranges: null, rows: 1e6, bytes: 0 });
        }
      }
      const context = { uses, positionJoins: positionJoinsOf(query), limit: null };
      const sql = translate(query, dialect, context);
      const values = sql.parameters.map(({ value }) => value);
      if (dialect === 'postgresql') {
        const answer = await client.query({ text: sql.text, values, rowMode: 'array' });
        return answer.rows.map((row: unknown[]) =>
          row.map((value, at) => postgresValue(value, query.columns[at]!)),
        );
      }
      for (const [at, { table }] of uses.entries()) {
        const base = tables.findIndex((each) => qualifiedName(each) === qualifiedName(table));
        control.run(`CREATE OR REPLACE TEMP VIEW t${at} AS SELECT * FROM base${base}`);
      }
      makeFunctions(sql.text);
      const text = sql.text.replace(
        /\$(\d+)/g,
        (_, at) => `'${values[Number(at) - 1]!.replaceAll("'", "''")}'`,
      );
      const answer = tableFromIPC(control.query(text));
      refuseOtherTypes(answer, query.columns);
      return Array.from({ length: answer.numRows }, (_, row) =>
        query.columns.map((_column, at) => arrowValue(answer.getChildAt(at)!.get(row))),
      );
    },
  };
}

function refuseOtherTypes(answer: ArrowTable, columns: readonly Column[]): void {
  for (const [at, column] of columns.entries()) {
    const [found, wanted] = [`${answer.schema.fields[at]?.type}`, `${arrowType(column)}`];
    const item = (type: string) => type.replace(/^List<.*?(\w+)>$/, 'List<$1>');
    if (item(found) !== item(wanted)) throw new Error(`${column.name} is ${found}, not ${wanted}`);
  }
}

function arrowValue(value: unknown): Value {
  if (typeof value === 'object' && value !== null && Symbol.iterator in value) {
    return [...(value as Iterable<unknown>)].map(arrowValue);
  }
  return (value ?? null) as Value;
}

function postgresValue(value: unknown, column: Column): Value {
  if (value === null) return null;
  if (Array.isArray(value)) return value.flat(2).map((item) => postgresValue(item, column));
  if (value instanceof Date) return value.getTime();
  if (column.datatype === 'long') return BigInt(value as string);
  return column.datatype === 'float' ? Math.fround(value as number) : (value as Value);
}
