import { CorruptReleaseError, QueryError, StorageError } from '../errors.ts';
import { type Output, writeText } from './output.ts';
import type { ResultTable } from './result.ts';
import { serviceElements } from './service-descriptor.ts';
import type { TableEncoder } from './stream.ts';
import {
  infoElement,
  RESOURCE_CLOSE,
  resourceOpen,
  TABLE_CLOSE,
  VOTABLE_CLOSE,
  VOTABLE_OPEN,
} from './votable-header.ts';

/** The elements around the rows, and how rows are written between them. */
export interface Serialization {
  readonly open: string;
  readonly close: string;
  readonly rows: TableEncoder['rows'];
  /** Writes what the rows left behind, before `close`. */
  readonly flush?: (out: Output) => void;
}

/**
 * A VOTable whose QUERY_STATUS is OK before the table and, if it must be taken back, OVERFLOW or ERROR after
 * it (DALI 1.1 §4.4.1). A VOTable that fails midway is well-formed, and says so.
 */
export function votableDocument(result: ResultTable, serialization: Serialization): TableEncoder {
  const { open, close, rows, flush } = serialization;
  const ok = { name: 'QUERY_STATUS', value: 'OK' };
  const finish = (out: Output, status: string): void => {
    flush?.(out);
    writeText(close + TABLE_CLOSE + status + RESOURCE_CLOSE + serviceElements(result) + VOTABLE_CLOSE, out);
  };
  return {
    start: (out) =>
      writeText(VOTABLE_OPEN + resourceOpen({ ...result, infos: [ok, ...result.infos] }) + open, out),
    rows,
    end: (out, overflow) =>
      finish(out, overflow ? infoElement({ name: 'QUERY_STATUS', value: 'OVERFLOW' }) : ''),
    fail: (out, error) =>
      finish(out, infoElement({ name: 'QUERY_STATUS', value: 'ERROR', text: explanation(error) })),
  };
}

/** What a reader of the answer may know of a failure. */
export function explanation(error: unknown): string {
  const known = [CorruptReleaseError, StorageError, QueryError].some((kind) => error instanceof kind);
  return `The table is incomplete: ${known ? (error as Error).message : 'the service failed while it was sending it'}`;
}
