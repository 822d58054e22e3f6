import type pg from 'pg';
import { sqlTypeOfColumn } from '../sql/sql-types.ts';
import type { Upload } from '../upload/upload.ts';
import { copyBinary } from './copy-binary.ts';
import { PostgresError } from './errors.ts';

/** Where temporary tables are: each connection has its own. */
export const TEMPORARY_SCHEMA = 'pg_temp';

/** An upload that a query reads. */
export interface TemporaryTable {
  /** A name that needs no quotes. */
  readonly name: string;
  readonly upload: Upload;
  /** Positions of the columns that are read; column n is called c<n>. */
  readonly columns: readonly number[];
}

/** Makes tables that go with the transaction, and fills them. */
export async function makeTemporaryTables(
  client: pg.Client,
  tables: readonly TemporaryTable[],
): Promise<void> {
  for (const { name, upload, columns } of tables) {
    const described = upload.table.columns;
    const definitions = columns.map((at) => `c${at} ${sqlTypeOfColumn(described[at]!, 'postgresql')}`);
    await client.query(`CREATE TEMPORARY TABLE ${name} (${definitions.join(', ')}) ON COMMIT DROP`);
    const chunks = copyBinary(described, columns, upload.blocks);
    await copyInto(client, `COPY ${TEMPORARY_SCHEMA}.${name} FROM STDIN (FORMAT binary)`, chunks).catch(
      (error) => {
        throw isTooWide(error) ? tooWide(upload, columns.length, error) : error;
      },
    );
    await client.query(`ANALYZE ${TEMPORARY_SCHEMA}.${name}`);
  }
}

/** PostgreSQL documentation, Appendix A and K: program_limit_exceeded, where a row does not fit into a page. */
const isTooWide = (error: unknown): boolean => (error as { code?: unknown }).code === '54000';

function tooWide({ table }: Upload, columns: number, cause: unknown): PostgresError {
  return new PostgresError(
    'query',
    `a row of ${table.schema}.${table.name} is too wide for the database: of the ${columns} columns that the query reads it would take ` +
      'more than 8160 bytes, also with long texts and arrays elsewhere, which take 18 bytes each. Name fewer of its columns in the query ' +
      'instead of *, or upload fewer columns',
    cause,
  );
}

/** What of `pg`'s connection is used here, besides what its types tell. */
interface CopyConnection extends pg.Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
}

/** Sends rows as the server takes them. @throws what the server says of them. */
function copyInto(client: pg.Client, statement: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let failed = false;

  async function send(connection: CopyConnection): Promise<void> {
    try {
      for (const chunk of chunks) {
        if (failed) return;
        connection.sendCopyFromChunk(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
        await drained(connection);
      }
      connection.endCopyFrom();
    } catch (error) {
      connection.sendCopyFail((error as Error).message);
    }
  }

  client.query({
    submit: (connection: pg.Connection) => void connection.query(statement),
    handleCopyInResponse: (connection: CopyConnection) => void send(connection),
    handleError(error: Error) {
      failed = true;
      reject(error);
    },
    handleRowDescription() {},
    handleDataRow() {},
    handleCommandComplete() {},
    handleReadyForQuery: () => resolve(),
  } as pg.Submittable);
  return promise;
}

function drained({ stream }: pg.Connection): Promise<void> | undefined {
  if (!stream.writableNeedDrain) return undefined;
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}
