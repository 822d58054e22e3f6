import { joinedBytes } from '../joined-bytes.ts';
import type { DuckdbQuery, DuckdbTable } from './query.ts';

/** A table as it is sent: the rows of an upload follow the JSON. */
type SentTable = Exclude<DuckdbTable, { blocks: unknown }> | { readonly blocks: readonly number[] };

/** Before JSON that is not alone stands its length, in four bytes, the first of which is none of JSON's. */
const LENGTH_BYTES = 4;
const BRACE = '{'.charCodeAt(0);

/** A query as the body of a request: as JSON, and where it has uploads the blocks of their rows behind it, in place of which the JSON has their lengths. */
export function writeQuery(query: DuckdbQuery): string | Uint8Array<ArrayBuffer> {
  const blocks = query.tables.flatMap((table) => ('blocks' in table ? table.blocks : []));
  if (!query.tables.some((table) => 'blocks' in table)) return JSON.stringify(query);
  const tables: SentTable[] = query.tables.map((table) =>
    'blocks' in table ? { ...table, blocks: table.blocks.map(({ length }) => length) } : table,
  );
  const json = new TextEncoder().encode(JSON.stringify({ ...query, tables }));
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, json.length);
  return joinedBytes([length, json, ...blocks]);
}

/** Null where the bytes are no query. */
export function readQuery(bytes: Uint8Array): DuckdbQuery | null {
  try {
    if (bytes[0] === BRACE) return parsed(bytes);
    const end = LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    const query = parsed(bytes.subarray(LENGTH_BYTES, end));
    let at = end;
    const take = (length: number) => {
      at += length;
      return bytes.subarray(at - length, at);
    };
    const tables = query.tables.map((table) =>
      'blocks' in table
        ? { ...table, blocks: (table as never as { blocks: number[] }).blocks.map(take) }
        : table,
    );
    return at === bytes.length ? { ...query, tables } : null;
  } catch {
    return null;
  }
}

function parsed(json: Uint8Array): DuckdbQuery {
  return JSON.parse(new TextDecoder().decode(json));
}
