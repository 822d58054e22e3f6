import type pg from 'pg';
import { rowSplitter } from './row-splitter.ts';
import type { BinaryRows } from './rows.ts';

export interface RowsQueryTargets {
  /** The types of the columns, before the first rows. */
  types(oids: readonly number[]): void;
  /** Some rows, good until the call returns. Whoever throws gets no more. */
  rows(rows: BinaryRows): void;
  ended(error: Error | null): void;
}

/**
 * A query for `pg`'s `client.query` whose rows come undecoded in PostgreSQL's binary format: `pg`'s own parser, which makes a
 * string of each field, gets all messages but them.
 */
export function rowsQuery(
  text: string,
  parameters: readonly (string | null)[],
  targets: RowsQueryTargets,
): pg.Submittable {
  const handlers = {
    handleRowDescription: ({ fields }: { fields: readonly pg.FieldDef[] }) =>
      targets.types(fields.map((field) => field.dataTypeID)),
    handleCommandComplete() {},
    handleReadyForQuery() {},
    handleError: targets.ended,
  };
  return Object.assign(handlers, {
    submit(connection: pg.Connection) {
      const { stream } = connection;
      const [parse] = stream.listeners('data') as ((bytes: Buffer) => void)[];
      const splitter = rowSplitter({
        rows: targets.rows,
        message: (bytes) => parse!(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
      });
      handlers.handleReadyForQuery = () => {
        splitter.flush();
        targets.ended(null);
      };
      stream.removeAllListeners('data');
      stream.on('data', (chunk: Buffer) => splitter.push(chunk));
      const config = { text, name: '', types: [] };
      stream.cork();
      connection.parse(config, true);
      connection.bind({ values: [...parameters], binary: true as never }, true);
      connection.describe({ type: 'P' }, true);
      connection.execute(null, true);
      connection.sync();
      stream.uncork();
    },
  });
}
