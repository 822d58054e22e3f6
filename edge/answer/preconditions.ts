import { matchesTag } from './entity-tag.ts';

/** What a file is known by. */
export interface Validators {
  /** Strong, in quotes. */
  readonly etag: string;
  /** As an HTTP date. */
  readonly lastModified: string;
}

/**
 * Whether the conditions of a request (RFC 9110 §13.2.2) let it be answered, and otherwise with which status.
 */
export function preconditions(headers: Headers, { etag, lastModified }: Validators): 'go on' | 304 | 412 {
  const ifMatch = headers.get('if-match');
  if (ifMatch !== null && !matchesStrongly(ifMatch, etag)) return 412;
  if (ifMatch === null && isBefore(headers.get('if-unmodified-since'), lastModified)) return 412;
  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch !== null) return matchesTag(ifNoneMatch, etag) ? 304 : 'go on';
  const since = Date.parse(headers.get('if-modified-since') ?? '');
  return Date.parse(lastModified) <= since ? 304 : 'go on';
}

/** Whether a Range header is to be heeded (RFC 9110 §13.1.5): not if the client has a part of something else. */
export function rangeApplies(headers: Headers, { etag, lastModified }: Validators): boolean {
  const ifRange = headers.get('if-range');
  return ifRange === null || ifRange.trim() === etag || ifRange.trim() === lastModified;
}

function isBefore(date: string | null, lastModified: string): boolean {
  return date !== null && Date.parse(date) < Date.parse(lastModified);
}

/** Weak tags match nothing (RFC 9110 §8.8.3.2). */
function matchesStrongly(ifMatch: string, etag: string): boolean {
  if (ifMatch.trim() === '*') return true;
  return ifMatch.split(',').some((given) => given.trim() === etag);
}
