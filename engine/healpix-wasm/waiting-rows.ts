import { type Instance, instantiate } from './instance.ts';
import { KernelError } from './kernel-error.ts';

/** What the C layer returns instead of a count. */
const NOT_BINARY = -7;
const DAMAGED_MESSAGE = -8;

/** Rows that wait in memory, and come out group by group. */
export interface WaitingRows {
  /** Bytes that they take when they are gathered; a little more for each group. */
  size(): number;
  /**
   * @param bytes of the rows, one after the other.
   * @param starts of each row in `bytes`, and at the end where the last one stops.
   * @param keys one for each row.
   * @param groups one for each row.
   */
  add(bytes: Uint8Array, starts: Uint32Array, keys: BigInt64Array, groups: Uint32Array): void;
  /**
   * Reads what PostgreSQL sends for a `COPY … TO STDOUT (FORMAT binary)` of a table with positions. The key of a row is its order-29
   * cell, its group the cell of an order.
   * @param fields numbers of those, each a float8 in degrees, that the positions are in.
   */
  reader(fields: { readonly ra: number; readonly dec: number }, order: number): CopyReader;
  /** Takes all rows out, in groups 0 to before `groups`. */
  gather(groups: number): GatheredRows;
}

/** Reads messages of PostgreSQL's protocol, which may be cut anywhere. */
export interface CopyReader {
  /**
   * Hands over the rows that have a position: right ascension in [0, 360] and declination in [−90, 90] degrees; null, NaN and
   * everything else is none.
   * @returns how many bytes it has read: up to the first message that is not COPY's data.
   * @throws {KernelError} when PostgreSQL sends something else.
   */
  read(bytes: Uint8Array): number;
  /** Makes the rows ready to be gathered, and tells what has come since the last time, and whether the last row has. */
  place(): { readonly rows: number; readonly rowsWithoutPosition: number; readonly ended: boolean };
}

/**
 * Rows in little-endian: of each group that has some the keys, 8 bytes each, where each row ends after the first one's beginning, 4 bytes
 * each, the rows, and whatever up to a multiple of 8 bytes.
 */
export interface GatheredRows {
  /** Bytes of them all. */
  readonly length: number;
  /**
   * They are in the kernel's memory until the next rows are gathered; a view of them is good as long as it is not given more rows.
   * @param from which byte on.
   */
  bytes(from: number): Uint8Array<ArrayBuffer>;
  /** Of each group, as `rowBytes` is: those of its rows without keys and ends. */
  readonly rows: Uint32Array;
  readonly rowBytes: Uint32Array;
}

/**
 * An instance of the kernel for rows that wait, which takes its memory with it when it is no longer used.
 * @param room bytes of rows for which there is room; more of them take more.
 */
export function openWaitingRows(module: WebAssembly.Module, room: number): WaitingRows {
  const instance = instantiate(module);
  const { exports } = instance;
  const waiting = exports.kernel_waiting_new(room);

  return {
    size: () => exports.kernel_waiting_size(waiting) >>> 0,
    add(bytes, starts, keys, groups) {
      const rows = keys.length;
      const keysAt = instance.scratch(8 * rows + 4 * (rows + 1) + 4 * rows + bytes.length);
      const startsAt = keysAt + 8 * rows;
      const groupsAt = startsAt + 4 * (rows + 1);
      const bytesAt = groupsAt + 4 * rows;
      const { i64, u32, u8 } = instance.views();
      i64.set(keys, keysAt / 8);
      u32.set(starts, startsAt / 4);
      u32.set(groups, groupsAt / 4);
      u8.set(bytes, bytesAt);
      exports.kernel_waiting_add(waiting, bytesAt, startsAt, keysAt, groupsAt, rows);
    },
    reader: ({ ra, dec }, order) => copyReader(instance, waiting, exports.kernel_copy_new(ra, dec, order)),
    gather(groups) {
      const at = instance.scratch(12);
      const length = exports.kernel_waiting_gather(waiting, groups, at) >>> 0;
      const { u32 } = instance.views();
      const [first, rows, rowBytes] = u32.subarray(at / 4, at / 4 + 3);
      return {
        length,
        bytes: (from) => new Uint8Array(exports.memory.buffer as ArrayBuffer, first! + from, length - from),
        rows: u32.slice(rows! / 4, rows! / 4 + groups),
        rowBytes: u32.slice(rowBytes! / 4, rowBytes! / 4 + groups),
      };
    },
  };
}

function copyReader(instance: Instance, waiting: number, reader: number): CopyReader {
  const { exports } = instance;
  return {
    read(bytes) {
      const at = instance.scratch(bytes.length);
      instance.views().u8.set(bytes, at);
      const read = exports.kernel_copy_read(reader, waiting, at, bytes.length);
      if (read === NOT_BINARY) throw new KernelError('PostgreSQL did not answer COPY with its binary format');
      if (read === DAMAGED_MESSAGE) {
        throw new KernelError('a message from PostgreSQL is damaged: the connection is not to be trusted');
      }
      return read;
    },
    place() {
      const at = instance.scratch(8);
      const ended = exports.kernel_copy_place(reader, waiting, at) === 1;
      const [rows, rowsWithoutPosition] = instance.views().u32.subarray(at / 4, at / 4 + 2);
      return { rows: rows!, rowsWithoutPosition: rowsWithoutPosition!, ended };
    },
  };
}
