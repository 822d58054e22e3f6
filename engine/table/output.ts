import type { Bytes } from './digits.ts';

const encoder = new TextEncoder();

/** Bytes on their way out. */
export interface Output {
  /** The first `length` of them are written. */
  bytes: Bytes;
  length: number;
  /** The most that was asked to be made room for at once. */
  step: number;
  /** Of the next buffer, at least. */
  capacity: number;
}

export function newOutput(): Output {
  return { bytes: new Uint8Array(), length: 0, step: 0, capacity: 0 };
}

/** Makes room for so many bytes more. */
export function reserve(out: Output, size: number): void {
  const needed = out.length + size;
  if (size > out.step) out.step = size;
  if (needed <= out.bytes.length) return;
  const bytes = new Uint8Array(Math.max(out.length === 0 ? needed : 2 * needed, out.capacity));
  bytes.set(out.bytes.subarray(0, out.length));
  out.bytes = bytes;
}

export function writeText(text: string, out: Output): void {
  writeBytes(encoder.encode(text), out);
}

export function writeBytes(bytes: Uint8Array, out: Output): void {
  reserve(out, bytes.length);
  out.bytes.set(bytes, out.length);
  out.length += bytes.length;
}

/** What was written, which the caller then owns. */
export function take(out: Output): Bytes {
  const taken = out.bytes.subarray(0, out.length);
  out.capacity = out.length + out.step;
  out.bytes = new Uint8Array();
  out.length = 0;
  return taken;
}
