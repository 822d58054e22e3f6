const encoder = new TextEncoder();

/** A buffer that grows, for bytes on their way out. */
export interface Output {
  /** Bytes written since the last `take`. */
  readonly length: number;
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
  /** What was written, which the caller then owns. */
  take(): Uint8Array<ArrayBuffer>;
}

/** @param capacity bytes for which room is made at first. */
export function output(capacity: number): Output {
  let buffer = new Uint8Array(capacity);
  let length = 0;

  function reserve(bytes: number): void {
    if (length + bytes <= buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * buffer.length, length + bytes));
    larger.set(buffer.subarray(0, length));
    buffer = larger;
  }

  return {
    get length() {
      return length;
    },
    text(text) {
      // A UTF-16 code unit takes three bytes of UTF-8 at most.
      reserve(3 * text.length);
      length += encoder.encodeInto(text, buffer.subarray(length)).written;
    },
    bytes(bytes) {
      reserve(bytes.length);
      buffer.set(bytes, length);
      length += bytes.length;
    },
    take() {
      const taken = buffer.slice(0, length);
      length = 0;
      return taken;
    },
  };
}
