import type { ByteRange } from '../../engine/storage/storage.ts';

/** What a Range header asks for of a file: nothing that is understood, one range, or one that lies beyond its end. */
export type RangeAnswer = 'whole' | 'unsatisfiable' | ByteRange;

/**
 * The one range of bytes that a Range header names (RFC 9110 §14.1.2). A header that is malformed, has another unit or names several
 * ranges is ignored, as a server may (§14.2).
 * @param size of the file, bytes.
 */
export function rangeOf(header: string | undefined, size: number): RangeAnswer {
  const match = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '');
  if (match === null) return 'whole';
  const [, first, last] = match as unknown as [string, string, string];
  if (first === '') return last === '' ? 'whole' : suffix(Number(last), size);
  const offset = Number(first);
  if (last !== '' && Number(last) < offset) return 'whole';
  if (offset >= size) return 'unsatisfiable';
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  return { offset, length: end - offset };
}

function suffix(length: number, size: number): RangeAnswer {
  if (length === 0 || size === 0) return 'unsatisfiable';
  const from = Math.max(0, size - length);
  return { offset: from, length: size - from };
}
