import type { BinaryRows } from './rows.ts';

/** A message has a byte for its kind and a 32-bit length, which counts itself (PostgreSQL documentation, "Message Formats"). */
const HEADER_BYTES = 5;
const DATA_ROW = 0x44;

/** Bytes of messages that are taken together. */
const BLOCK_BYTES = 262_144;

export interface SplitterTargets {
  /** Rows, good until the call returns. */
  rows(rows: BinaryRows): void;
  /** A message of any other kind; the rows before it are not necessarily handed over yet. */
  message(bytes: Uint8Array): void;
}

export interface RowSplitter {
  push(chunk: Uint8Array): void;
  /** Hands over the rows that wait for more. */
  flush(): void;
}

/** Splits what the server sends into blocks of rows, undecoded, and other messages. */
export function rowSplitter(targets: SplitterTargets): RowSplitter {
  let buffer = new Uint8Array(2 * BLOCK_BYTES);
  let view = new DataView(buffer.buffer);
  /** Bytes of whole messages, and of all. */
  let scanned = 0;
  let filled = 0;
  let starts: number[] = [];

  return {
    push(chunk) {
      if (filled + chunk.length > buffer.length) enlarge(filled + chunk.length);
      buffer.set(chunk, filled);
      filled += chunk.length;
      while (scanned + HEADER_BYTES <= filled) {
        const end = scanned + 1 + view.getInt32(scanned + 1);
        if (end > filled) break;
        const start = scanned;
        scanned = end;
        if (buffer[start] === DATA_ROW) starts.push(start + HEADER_BYTES);
        else targets.message(buffer.slice(start, end));
      }
      if (scanned >= BLOCK_BYTES) flush();
    },
    flush,
  };

  function flush() {
    if (starts.length > 0) targets.rows({ bytes: buffer, view, starts, count: starts.length });
    starts = [];
    buffer.copyWithin(0, scanned, filled);
    filled -= scanned;
    scanned = 0;
  }

  function enlarge(bytes: number) {
    const larger = new Uint8Array(2 * bytes);
    larger.set(buffer.subarray(0, filled));
    buffer = larger;
    view = new DataView(buffer.buffer);
  }
}
