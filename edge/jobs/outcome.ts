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
  readonly stream: TransformStream<Uint8Array, Uint8Array>;
  /** So far. */
  bytes(): number;
  /** Why the stream failed, where that was found here: streams of other parts may lose the words. */
  failure(): JobFailure | null;
}

/**
 * Passes a result on without the outcome at its end, and counts it. The stream fails with the outcome's error, for a result that breaks
 * off, and for one that is too long.
 * @param most bytes of the result.
 */
export function passResult(hasOutcome: boolean, most: number): PassedResult {
  let sent = 0;
  let tail: Uint8Array = new Uint8Array();
  let failure: JobFailure | null = null;
  const fail = (error: JobFailure): never => {
    failure = error;
    throw error;
  };
  const stream = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      let ready = piece;
      if (hasOutcome) {
        const both = new Uint8Array(tail.length + piece.length);
        both.set(tail);
        both.set(piece, tail.length);
        const known = Math.max(both.length - OUTCOME_BYTES, 0);
        ready = both.subarray(0, known);
        tail = both.slice(known);
      }
      sent += ready.length;
      if (sent > most) {
        fail(new JobFailure(`The result has more than ${most} bytes, the most that a job may make here.`));
      }
      if (ready.length > 0) controller.enqueue(ready);
    },
    flush() {
      if (!hasOutcome) return;
      const outcome = parseOutcome(tail);
      if (outcome === null) fail(new JobFailure('The work broke off: its worker was stopped.', true));
      else if (outcome.error !== null) fail(new JobFailure(outcome.error));
    },
  });
  return { stream, bytes: () => sent, failure: () => failure };
}

function parseOutcome(tail: Uint8Array): Outcome | null {
  try {
    return JSON.parse(new TextDecoder().decode(tail)) as Outcome;
  } catch {
    return null;
  }
}
