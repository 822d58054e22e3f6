const encoder = new TextEncoder();

/** Bytes on their way out, and text that becomes bytes when they leave. */
export interface Output {
  /** About the bytes written since the last `take`: text counts its characters. */
  length(): number;
  text(text: string): void;
  bytes(bytes: Uint8Array<ArrayBuffer>): void;
  /** What was written, which the caller then owns. */
  take(): Uint8Array<ArrayBuffer>;
}

export function output(): Output {
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  let pending = '';

  function encodePending(): void {
    if (pending === '') return;
    const encoded = encoder.encode(pending);
    pieces.push(encoded);
    bytes += encoded.length;
    pending = '';
  }

  return {
    length: () => bytes + pending.length,
    text(text) {
      pending += text;
    },
    bytes(more) {
      encodePending();
      pieces.push(more);
      bytes += more.length;
    },
    take() {
      encodePending();
      const taken = pieces.length === 1 ? pieces[0]! : concat(pieces, bytes);
      pieces = [];
      bytes = 0;
      return taken;
    },
  };
}

function concat(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
