import type { Column } from '../catalog/column.ts';
import type { Cell } from './cell.ts';
import { columnBuilder } from './column-builder.ts';
import { type Block, UploadError, type UploadLimits } from './upload.ts';

/** Puts the rows of a file together. */
export interface TableBuilder {
  /** @throws UploadError naming the row and the column that holds what it cannot, or for a row too many. */
  add(row: readonly Cell[]): void;
  blocks(): readonly Block[];
}

/** What a file may become beside its bytes: a few of them may stand for many texts, arrays or nulls. */
const GROWTH = 4;

const ELEMENT_BYTES = 8;

/** Rows that are kept together: what works on a block has it in memory more than once. */
const BLOCK_ROWS = 65_536;

/**
 * Bytes that a cell may take beside those that it has in the file: a null, an empty text and an empty array may have none there, a boolean
 * one bit.
 */
function growth(cell: Cell): number {
  if (typeof cell === 'string') return cell.length || ELEMENT_BYTES;
  if (typeof cell === 'boolean') return 1;
  if (typeof cell !== 'object') return 0;
  return ELEMENT_BYTES * (cell?.length || 1);
}

export function tableBuilder(columns: readonly Column[], limits: UploadLimits): TableBuilder {
  const builders = columns.map(columnBuilder);
  const blocks: Block[] = [];
  let length = 0;
  let rows = 0;
  let bytes = 0;

  function take(): void {
    blocks.push({ length, columns: builders.map((builder) => builder.take()) });
    length = 0;
  }

  return {
    add(row) {
      if (++rows > limits.rows)
        throw new UploadError(`has more than ${limits.rows} rows, the most that are taken here`, {
          tooLarge: true,
        });
      for (let at = 0; at < builders.length; at++) {
        try {
          const cell = row[at]!;
          builders[at]!.add(cell);
          bytes += growth(cell);
        } catch (error) {
          throw new UploadError(
            `row ${rows}, column “${columns[at]!.name}” holds ${(error as Error).message}`,
            { cause: error },
          );
        }
      }
      if (bytes > GROWTH * limits.bytes) {
        throw new UploadError(
          `its texts, arrays and nulls take more than ${GROWTH * limits.bytes} bytes, the most that are taken here`,
          { tooLarge: true },
        );
      }
      if (++length === BLOCK_ROWS) take();
    },
    blocks() {
      if (length > 0) take();
      return blocks;
    },
  };
}
