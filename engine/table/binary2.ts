import { writeBase64 } from './base64.ts';
import { binaryColumn } from './binary-cells.ts';
import { RUN_ROWS, rowBuffer } from './binary-numbers.ts';
import type { Output } from './output.ts';
import type { ResultTable } from './result.ts';
import type { TableEncoder } from './stream.ts';
import { votableDocument } from './votable-document.ts';

/** Bytes at which rows are turned into base64. */
const BLOCK_BYTES = 24_576;

/** VOTable BINARY2 (VOTable 1.4 §5.4): each row a bit per column that says null, then the cells, big-endian. */
export function binary2(result: ResultTable): TableEncoder {
  const { columns } = result;
  const flagBytes = Math.ceil(columns.length / 8);
  const sizes = new Int32Array(RUN_ROWS);
  const starts = new Int32Array(RUN_ROWS);
  const places = new Int32Array(RUN_ROWS);
  let block = rowBuffer(0);
  let length = 0;

  function reserve(size: number): void {
    if (length + size <= block.bytes.length) return;
    const larger = rowBuffer(2 * (length + size));
    larger.bytes.set(block.bytes.subarray(0, length));
    block = larger;
  }

  /** Sends all but the bytes that do not make a group of three. */
  function flushGroups(out: Output): void {
    const whole = length - (length % 3);
    writeBase64(block.bytes.subarray(0, whole), out);
    block.bytes.copyWithin(0, whole, length);
    length -= whole;
  }

  return votableDocument(result, {
    open: '<DATA>\n<BINARY2>\n<STREAM encoding="base64">\n',
    close: '\n</STREAM>\n</BINARY2>\n</DATA>\n',
    rows(batch) {
      const written = batch.columns.map((cells, at) => binaryColumn(columns[at]!, cells));
      function writeRun(from: number, to: number): void {
        sizes.fill(flagBytes);
        for (const column of written) column.addSizes(from, to, sizes);
        let end = length;
        for (let nth = 0; nth < to - from; nth++) {
          starts[nth] = end;
          places[nth] = end + flagBytes;
          end += sizes[nth]!;
        }
        reserve(end - length);
        block.bytes.fill(0, length, end);
        length = end;
        written.forEach((column, at) => {
          column.write(from, to, places, block);
          if (column.isNull === null) return;
          for (let cell = from; cell < to; cell++) {
            if (column.isNull(cell)) block.bytes[starts[cell - from]! + (at >> 3)]! |= 128 >> (at & 7);
          }
        });
      }
      return (from, to, out) => {
        for (let first = from; first < to; first += RUN_ROWS) writeRun(first, Math.min(first + RUN_ROWS, to));
        if (length >= BLOCK_BYTES) flushGroups(out);
      };
    },
    flush(out) {
      writeBase64(block.bytes.subarray(0, length), out);
      length = 0;
    },
  });
}
