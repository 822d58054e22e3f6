/** Complete rows as `COPY … (FORMAT binary)` sends them. */
export interface CopyRows {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  /** Where each row begins in `bytes`, and at the end where the last one stops. */
  readonly starts: Uint32Array;
  readonly count: number;
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEADER_BYTES = SIGNATURE.length + 8;
const TRAILER_FIELDS = -1;

/**
 * Splits the stream of a binary COPY into rows, without decoding them
 * (PostgreSQL documentation, COPY, "Binary Format").
 * @throws Error when the stream is no binary COPY or ends in the middle.
 */
export async function* copyRows(stream: AsyncIterable<Buffer>): AsyncGenerator<CopyRows> {
  let rest: Buffer = Buffer.alloc(0);
  let inRows = false;
  let ended = false;
  for await (const chunk of stream) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (!inRows) {
      const start = headerEnd(bytes);
      if (start === null) {
        rest = bytes;
        continue;
      }
      bytes = bytes.subarray(start);
      inRows = true;
    }
    const { starts, end, trailer } = rowStarts(bytes);
    if (starts.length > 1) yield rowsAt(bytes, Uint32Array.from(starts));
    rest = bytes.subarray(end);
    ended ||= trailer;
  }
  if (!ended) throw new Error('the rows from PostgreSQL end before their trailer: the connection was cut');
}

/** Rows that lie one after the other in memory, as `copyRows` gave them. */
export function rowsOf(bytes: Buffer): CopyRows {
  const { starts, end } = rowStarts(bytes);
  if (end !== bytes.length)
    throw new Error(`the last row is incomplete: it begins at ${end} of ${bytes.length} bytes`);
  return rowsAt(bytes, Uint32Array.from(starts));
}

/** Where a field's length word lies; −1 in it says null, else its bytes follow. */
export function fieldOffset(view: DataView, rowStart: number, field: number): number {
  let at = rowStart + 2;
  for (let skipped = 0; skipped < field; skipped += 1) at += 4 + Math.max(0, view.getInt32(at));
  return at;
}

/** @param starts of the rows in `bytes`, and at the end where the last one stops. */
export function rowsAt(bytes: Buffer, starts: Uint32Array): CopyRows {
  return { bytes: bytes as Buffer<ArrayBuffer>, view: viewOf(bytes), starts, count: starts.length - 1 };
}

function viewOf(bytes: Buffer): DataView<ArrayBuffer> {
  return new DataView(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

function headerEnd(bytes: Buffer): number | null {
  if (bytes.length < HEADER_BYTES) return null;
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) {
    throw new Error('PostgreSQL did not answer COPY with its binary format');
  }
  const end = HEADER_BYTES + bytes.readUInt32BE(HEADER_BYTES - 4);
  return bytes.length < end ? null : end;
}

function rowStarts(bytes: Buffer): { starts: number[]; end: number; trailer: boolean } {
  const view = viewOf(bytes);
  const starts = [0];
  let at = 0;
  for (;;) {
    if (at + 2 > view.byteLength) return { starts, end: at, trailer: false };
    if (view.getInt16(at) === TRAILER_FIELDS) return { starts, end: at + 2, trailer: true };
    const end = rowEnd(view, at);
    if (end === null) return { starts, end: at, trailer: false };
    starts.push(end);
    at = end;
  }
}

/** null when the row is not all there. */
function rowEnd(view: DataView, start: number): number | null {
  let at = start + 2;
  for (let left = view.getInt16(start); left > 0; left -= 1) {
    if (at + 4 > view.byteLength) return null;
    at += 4 + Math.max(0, view.getInt32(at));
  }
  return at <= view.byteLength ? at : null;
}
