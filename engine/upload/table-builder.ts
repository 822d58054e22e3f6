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

/** Rows that are kept together: what works on a block has it in memory more than once. */
const BLOCK_ROWS = 65_536;

export function tableBuilder(columns: readonly Column[], limits: UploadLimits): TableBuilder {
  const builders = columns.map(columnBuilder);
  const blocks: Block[] = [];
  let length = 0;
  let rows = 0;

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
          builders[at]!.add(row[at]!);
        } catch (error) {
          throw new UploadError(
            `row ${rows}, column “${columns[at]!.name}” holds ${(error as Error).message}`,
            { cause: error },
          );
        }
      }
      if (++length === BLOCK_ROWS) take();
    },
    blocks() {
      if (length > 0) take();
      return blocks;
    },
  };
}
