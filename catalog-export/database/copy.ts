import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Table } from '../../engine/catalog/table.ts';
import { sqlTypeOfColumn } from '../../engine/sql/sql-types.ts';
import { quoted, quotedTable } from './identifier.ts';

/** A value as PostgreSQL reads it: numbers with NaN and Infinity, text, true or false; null is NULL. */
export type CopyValue = string | number | bigint | boolean | null;

/** Rows that come together: waiting for each one alone would cost more than writing it. */
export type RowBatch = readonly (readonly CopyValue[])[];

/** Creates a table with its comment, without keys: those are cheaper once the rows are there. */
export async function createTable(client: pg.Client, table: Table): Promise<void> {
  const columns = table.columns.map(
    (column) => `${quoted(column.name)} ${sqlTypeOfColumn(column, 'postgresql')}`,
  );
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(table.schema)}`);
  await client.query(`CREATE TABLE ${quotedTable(table)} (${columns.join(', ')})`);
}

/**
 * Writes rows by COPY, with back pressure.
 * @param batches rows with values in the order of the table's columns.
 */
export async function copyRows(
  client: pg.Client,
  table: Table,
  batches: AsyncIterable<RowBatch> | Iterable<RowBatch>,
): Promise<void> {
  const columns = table.columns.map((column) => quoted(column.name)).join(', ');
  const sink = client.query(copyFrom(`COPY ${quotedTable(table)} (${columns}) FROM STDIN`));
  await pipeline(Readable.from(encoded(batches), { objectMode: false }), sink);
}

async function* encoded(batches: AsyncIterable<RowBatch> | Iterable<RowBatch>): AsyncGenerator<Buffer> {
  for await (const batch of batches) yield Buffer.from(copyText(batch));
}

/** COPY's text format: tab between values, newline after a row, `\N` for NULL. */
function copyText(batch: RowBatch): string {
  let text = '';
  for (const row of batch) {
    for (let i = 0; i < row.length; i++) {
      if (i > 0) text += '\t';
      const value = row[i];
      text += typeof value === 'string' ? escapeText(value) : (value ?? '\\N');
    }
    text += '\n';
  }
  return text;
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escapeText(value: string): string {
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (c) => ESCAPES[c]!) : value;
}
