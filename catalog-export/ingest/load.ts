import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type pg from 'pg';
import type { Table } from '../../engine/catalog/table.ts';
import { copyRows, createTable, type RowBatch } from '../database/copy.ts';
import { isReservedSchema, parseTableName, quoted, quotedTable } from '../database/identifier.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Progress } from '../progress.ts';
import { openCsv } from './csv.ts';
import {
  type CatalogOptions,
  declaredArraysizes,
  describeColumns,
  type PreparedCatalog,
  prepared,
  publishChecked,
  withEnumerations,
} from './describe.ts';
import { isVotable } from './metadata-file.ts';
import { openParquet } from './parquet.ts';
import type { IngestSource } from './source.ts';
import { openVotable } from './votable.ts';

/**
 * Loads a CSV, VOTable or Parquet file into a new table and publishes it, in one transaction: a load that fails or is
 * killed leaves nothing behind.
 * @param name `schema.table`, of letters, digits and underscores.
 * @throws Error saying what in the file is wrong and where, or that the table is there already.
 */
export async function loadFile(
  client: pg.Client,
  path: string,
  name: string,
  options: CatalogOptions,
  progress: Progress,
): Promise<PreparedCatalog> {
  const target = newTableName(name);
  await checkTarget(client, target, options.replace);
  const source = await openSource(path, options, progress);
  const { columns, main } = describeColumns(source.columns, options);
  const table: Table = {
    ...target,
    description: options.description ?? source.description,
    utype: null,
    columns: columns.map((column) => ({ ...column, indexed: column.name === main.id })),
    ...withEnumerations(options),
  };

  return inTransaction(client, async () => {
    // Built beside the table it replaces, which readers keep until the end.
    const staged = { ...table, name: `${table.name.slice(0, 50)}__loading` };
    progress.start(`Loading ${name}`, source.rowCount);
    await createTable(client, staged);
    await copyRows(client, staged, reported(source.batches(), progress)).catch((error) => {
      throw rowError(error, path);
    });
    if (options.replace) {
      // Once more: a table may have been put there while the rows were read.
      await checkTarget(client, target, true);
      await client.query(`DROP TABLE IF EXISTS ${quotedTable(table)}`);
    }
    await client.query(`ALTER TABLE ${quotedTable(staged)} RENAME TO ${quoted(table.name)}`);
    const arraysizes = new Set([...source.arraysizes, ...declaredArraysizes(columns, options)]);
    const published = await publishChecked(client, table, main, { uniqueId: false, arraysizes });
    if (main.id !== null) {
      await client.query(`ALTER TABLE ${quotedTable(table)} ADD PRIMARY KEY (${quoted(main.id)})`);
    }
    await client.query(
      `INSERT INTO almagest.loaded_table (schema_name, table_name, source, relation) VALUES ($1, $2, $3, to_regclass($4))
       ON CONFLICT (schema_name, table_name)
       DO UPDATE SET source = excluded.source, loaded = now(), relation = excluded.relation`,
      [table.schema, table.name, basename(path), quotedTable(table)],
    );
    const catalog = await prepared(client, published, options, false);
    if (catalog.indexes.length === 0) await client.query(`ANALYZE ${quotedTable(table)}`);
    progress.done(`Loaded ${name}: ${catalog.rows.toLocaleString('en')} rows`);
    return catalog;
  });
}

function newTableName(text: string): { schema: string; name: string } {
  const target = parseTableName(text);
  for (const part of [target.schema, target.name]) {
    if (!/^[a-z][a-z0-9_]{0,62}$/.test(part)) {
      throw new Error(
        `"${part}" cannot name a schema or table: use lower case letters, digits and _, beginning with a letter`,
      );
    }
  }
  if (isReservedSchema(target.schema))
    throw new Error(`the schema ${target.schema} is taken: choose another`);
  return target;
}

/** Only a table that an earlier load made is ever replaced: the user's own are his. */
async function checkTarget(
  client: pg.Client,
  target: { schema: string; name: string },
  replace: boolean,
): Promise<void> {
  const { rows } = await client.query(
    `SELECT to_regclass($1) IS NOT NULL AS present,
            EXISTS (SELECT FROM almagest.loaded_table WHERE relation = to_regclass($1)) AS loaded`,
    [quotedTable(target)],
  );
  const { present, loaded } = rows[0]!;
  if (!present) return;
  const name = `${target.schema}.${target.name}`;
  if (!loaded) {
    throw new Error(
      `${name} exists, and almagest load did not make it: choose another name, or publish it as it is with ` +
        `"almagest publish ${name}"`,
    );
  }
  if (!replace) throw new Error(`${name} exists: choose another name, or replace it with --replace`);
}

async function openSource(path: string, options: CatalogOptions, progress: Progress): Promise<IngestSource> {
  const file = await stat(path).catch(() => null);
  if (!file?.isFile()) throw new Error(`there is no file ${path}`);
  try {
    if (/\.(parquet|parq|pq)$/i.test(path)) return await openParquet(path, options.columns, options.metadata);
    if (isVotable(path)) return await openVotable(path, options.columns);
    if (/\.(csv|tsv|txt)(\.gz)?$/i.test(path)) {
      progress.start(`Reading ${basename(path)}`, 0);
      const source = await openCsv(path, options.columns, options.metadata, (rows) => progress.advance(rows));
      progress.done(`Read ${basename(path)}: ${source.rowCount.toLocaleString('en')} rows`);
      return source;
    }
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
  throw new Error(
    `${path}: its name must end in .csv, .tsv, .txt or .vot, .votable, .xml (also with .gz) or .parquet`,
  );
}

async function* reported(batches: AsyncIterable<RowBatch>, progress: Progress): AsyncGenerator<RowBatch> {
  for await (const batch of batches) {
    yield batch;
    progress.advance(batch.length);
  }
}

/** What went wrong with a row, with the file and PostgreSQL's place: `COPY …, line 7, column flux: "…"`. */
function rowError(error: Error & { where?: string }, path: string): Error {
  const place = error.where?.match(/line \d+.*/s)?.[0].replace(/^line/, ', row') ?? '';
  return new Error(`${path}${place}: ${error.message}`, { cause: error });
}
