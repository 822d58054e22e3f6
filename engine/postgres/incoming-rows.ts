import type pg from 'pg';
import type { Column } from '../catalog/column.ts';
import type { Batch } from '../table/result.ts';
import { arrowColumns } from './arrow-columns.ts';
import { undecodable } from './errors.ts';
import type { BinaryRows } from './rows.ts';
import { rowsQuery } from './rows-query.ts';
import type { TemporaryTable } from './temporary-tables.ts';

/** A query in PostgreSQL's SQL, with the values of $1, $2, … and the columns of its result. */
export interface PostgresQuery {
  readonly text: string;
  readonly parameters: readonly { readonly value: string | null }[];
  readonly columns: readonly Column[];
  /** Tables that it reads besides those of the database. */
  readonly temporary?: readonly TemporaryTable[];
}

/** Rows on their way from the server, which is held back while a batch waits to be taken. */
export interface IncomingRows {
  /** The next rows; null at their end. @throws what went wrong. */
  next(): Promise<Batch | null>;
  /** Whether there were more rows than were asked for. */
  overflow(): boolean;
  /** Whether the server is done with the query, one way or the other. */
  ended(): boolean;
}

/** Sends a query and collects its rows, decoded, `limit` of them at most. */
export function incomingRows(
  client: pg.Client,
  { text, parameters, columns }: PostgresQuery,
  limit: number,
): IncomingRows {
  const { stream } = client.connection;
  const batches: Batch[] = [];
  let oids: readonly number[] = [];
  let left = limit;
  let overflow = false;
  let end: { error: unknown } | null = null;
  let ended = false;
  let wake = () => {};

  const values = parameters.map(({ value }) => value);
  client.query(
    rowsQuery(text, values, {
      types(all) {
        oids = all;
        if (all.length !== columns.length)
          fail(undecodable(new Error(`${all.length} columns for ${columns.length}`)));
      },
      rows(rows) {
        if (end !== null) return;
        try {
          take({ ...rows, count: Math.min(rows.count, left) });
        } catch (error) {
          fail(undecodable(error));
        }
        if (rows.count > left) {
          overflow = true;
          end ??= { error: null };
        }
        left -= Math.min(rows.count, left);
        stream.pause();
        wake();
      },
      ended(error) {
        ended = true;
        if (error !== null) fail(error);
        end ??= { error: null };
        wake();
      },
    }),
  );

  function take(rows: BinaryRows) {
    if (rows.count === 0) return;
    const data = arrowColumns(columns, oids, rows);
    batches.push({ length: rows.count, columns: data.map((cells) => ({ data: cells, rows: null })) });
  }

  function fail(error: unknown) {
    end ??= { error };
    batches.length = 0;
    wake();
  }

  return {
    overflow: () => overflow,
    ended: () => ended,
    async next() {
      for (;;) {
        const batch = batches.shift();
        if (batch) return batch;
        if (end !== null) {
          if (end.error !== null) throw end.error;
          return null;
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        stream.resume();
        await promise;
      }
    },
  };
}
