import { base64 } from './base64.ts';
import { binaryCell, newRowBuffer, reserve } from './binary-cells.ts';
import { type Output, writeBytes } from './output.ts';
import type { ResultTable } from './result.ts';
import { dataOf } from './rows.ts';
import type { TableEncoder } from './stream.ts';
import { votableDocument } from './votable-document.ts';

/** Bytes at which rows are turned into base64; a multiple of three. */
const BLOCK_BYTES = 12_288;

/** VOTable BINARY2 (VOTable 1.4 §5.4): each row a bit per column that says null, then the cells, big-endian. */
export function binary2(result: ResultTable): TableEncoder {
  const { columns } = result;
  const block = newRowBuffer(1024);

  /** Sends all but the bytes that do not make a group of three. */
  function flushGroups(out: Output): void {
    const whole = block.length - (block.length % 3);
    writeBytes(base64(block.bytes.subarray(0, whole)), out);
    block.bytes.copyWithin(0, whole, block.length);
    block.length -= whole;
  }

  return votableDocument(result, {
    open: '<DATA>\n<BINARY2>\n<STREAM encoding="base64">\n',
    close: '\n</STREAM>\n</BINARY2>\n</DATA>\n',
    rows(batch) {
      const cells = batch.columns.map((cells, at) => binaryCell(columns[at]!, dataOf(cells)));
      const flagBytes = Math.ceil(cells.length / 8);
      const sizes = cells.map(({ size }) => size);
      const fixed = sizes.reduce<number>(
        (sum, size) => sum + (typeof size === 'number' ? size : 0),
        flagBytes,
      );
      const varying = sizes.filter((size) => typeof size === 'function');
      return (from, to, out) => {
        for (let row = from; row < to; row++) {
          let size = fixed;
          for (const sizeOf of varying) size += sizeOf(row);
          reserve(block, size);
          const flags = block.length;
          block.bytes.fill(0, flags, flags + flagBytes);
          block.length += flagBytes;
          for (let at = 0; at < cells.length; at++) {
            const cell = cells[at]!;
            if (cell.isNull?.(row)) block.bytes[flags + (at >> 3)]! |= 128 >> (at & 7);
            cell.write(row, block);
          }
          if (block.length >= BLOCK_BYTES) flushGroups(out);
        }
        flushGroups(out);
      };
    },
    flush(out) {
      writeBytes(base64(block.bytes.subarray(0, block.length)), out);
      block.length = 0;
    },
  });
}
