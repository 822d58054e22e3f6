import type { Data } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import type { Table } from '../catalog/table.ts';

/** The schema that uploaded tables are in (TAP 1.1 §2.5). */
export const TAP_UPLOAD = 'TAP_UPLOAD';

/** Some rows of an uploaded table. */
export interface Block {
  readonly length: number;
  /** One for each column of the table, of its `arrowType`. */
  readonly columns: readonly Data[];
}

/** What a file holds. */
export interface UploadedRows {
  readonly columns: readonly Column[];
  readonly description: string | null;
  readonly blocks: readonly Block[];
}

/** A table that came with a query. */
export interface Upload {
  /** Its schema is `TAP_UPLOAD`. */
  readonly table: Table;
  readonly rows: number;
  readonly blocks: readonly Block[];
}

/** What an upload may be. */
export interface UploadLimits {
  /** Of its file, also when that is unpacked. */
  readonly bytes: number;
  readonly rows: number;
  readonly columns: number;
}

/** A file that cannot be a table; the message, the end of a sentence, says what is wrong and where. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  /** Whether it is only too large. */
  readonly tooLarge: boolean;

  constructor(message: string, { tooLarge = false, ...options }: ErrorOptions & { tooLarge?: boolean } = {}) {
    super(message, options);
    this.tooLarge = tooLarge;
  }
}
