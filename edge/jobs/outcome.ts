/** Response header of a worker that runs a job: the body ends with how the work ended. */
export const JOB_OUTCOME = 'Almagest-Job-Outcome';

/** How the work ended, which is known only when all of the result has been sent. */
export interface Outcome {
  /** Null where all went well. */
  readonly error: string | null;
}

/** Bytes at the end of the body: the outcome as JSON, and spaces. */
const OUTCOME_BYTES = 4096;
const LONGEST_ERROR = 1000;

/** The last piece of a body with the header. */
export function outcomeBytes({ error }: Outcome): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify({ error: error?.slice(0, LONGEST_ERROR) ?? null });
  const bytes = new Uint8Array(OUTCOME_BYTES).fill(0x20);
  bytes.set(new TextEncoder().encode(text));
  return bytes;
}

/** The work failed, or its result is longer than it may be; the message is for the one who asked. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly transient: boolean;

  constructor(message: string, transient = false) {
    super(message);
    this.transient = transient;
  }
}

/** A result on its way into the storage. */
export interface PassedResult {
  readonly stream: ReadableStream<Uint8Array>;
  /** So far. */
  bytes(): number;
  /** Why the stream failed; null where it did not. Whoever reads it may not notice: ask when it is over. */
  failure(): unknown;
}

/**
 * Passes a result on without the outcome at its end, and counts it. The stream fails with the outcome's error, for a result that breaks
 * off, and for one that is too long.
 * @param most bytes of the result.
 */
export function passResult(
  body: ReadableStream<Uint8Array>,
  hasOutcome: boolean,
  most: number,
): PassedResult {
  const reader = body.getReader();
  let sent = 0;
  let tail: Uint8Array = new Uint8Array();
  let failure: unknown = null;

  /** What is known not to be the outcome. */
  function split(piece: Uint8Array): Uint8Array {
    const both = new Uint8Array(tail.length + piece.length);
    both.set(tail);
    both.set(piece, tail.length);
    const known = Math.max(both.length - OUTCOME_BYTES, 0);
    tail = both.slice(known);
    return both.subarray(0, known);
  }

  /** The next piece; null at the end. */
  async function next(): Promise<Uint8Array | null> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const piece = hasOutcome ? split(value) : value;
      sent += piece.length;
      if (sent > most) {
        throw new JobFailure(`The result has more than ${most} bytes, the most that a job may make here.`);
      }
      if (piece.length > 0) return piece;
    }
    if (hasOutcome) refuseFailed(tail);
    return null;
  }

  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const piece = await next();
        if (piece === null) controller.close();
        else controller.enqueue(piece);
      } catch (error) {
        failure = error;
        await reader.cancel(error).catch(() => {});
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { stream, bytes: () => sent, failure: () => failure };
}

/** @throws JobFailure with the error that the end of a result tells. */
function refuseFailed(tail: Uint8Array): void {
  const outcome = parseOutcome(tail);
  if (outcome === null) throw new JobFailure('The work broke off: its worker was stopped.', true);
  if (outcome.error !== null) throw new JobFailure(outcome.error);
}

function parseOutcome(tail: Uint8Array): Outcome | null {
  try {
    return JSON.parse(new TextDecoder().decode(tail)) as Outcome;
  } catch {
    return null;
  }
}
