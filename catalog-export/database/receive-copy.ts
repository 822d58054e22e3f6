import type pg from 'pg';

/** What takes the messages of a COPY. */
export interface CopyReceiver {
  /**
   * Reads messages, which may be cut anywhere.
   * @returns how many bytes it has read: up to the first message that is not COPY's data.
   */
  read(bytes: Buffer): number;
  /** Asked after each time that it has read: what it waits for before it can go on, null where that is nothing. */
  wait(): Promise<void> | null;
}

/** A message's kind and its length without the kind (PostgreSQL documentation, "Message Formats"). */
const HEAD_BYTES = 5;
const COPY_DONE = 'c'.charCodeAt(0);
const ERROR_RESPONSE = 'E'.charCodeAt(0);

/**
 * Runs a `COPY … TO STDOUT` and hands over what PostgreSQL sends as it comes: a stream of single rows takes as long as all else that
 * becomes of them.
 * @throws Error when PostgreSQL or the receiver fails. The connection cannot be used any more when it was the receiver.
 */
export function receiveCopy(client: pg.Client, statement: string, receiver: CopyReceiver): Promise<void> {
  return new Promise((resolve, reject) => {
    const copy = {
      submit(connection: pg.Connection) {
        const { stream } = connection;
        // The client's own parser; it gets every message but the data.
        const [parse] = stream.listeners('data') as [(bytes: Buffer) => void];
        stream.off('data', parse);
        const done = (rest: Buffer) => {
          stream.off('data', take);
          stream.on('data', parse);
          if (rest.length > 0) parse(rest);
        };
        const fail = (error: unknown) => {
          stream.off('data', take);
          reject(error);
        };
        let begun: Buffer = Buffer.alloc(0);

        function take(bytes: Buffer): void {
          let rest = begun.length === 0 ? bytes : Buffer.concat([begun, bytes]);
          begun = Buffer.alloc(0);
          try {
            for (;;) {
              rest = rest.subarray(receiver.read(rest));
              if (rest.length === 0) break;
              if (rest[0] === COPY_DONE || rest[0] === ERROR_RESPONSE) {
                done(rest);
                return;
              }
              const length = rest.length < HEAD_BYTES ? HEAD_BYTES : 1 + rest.readUInt32BE(1);
              if (rest.length < length) {
                begun = rest;
                return;
              }
              parse(rest.subarray(0, length));
              rest = rest.subarray(length);
            }
            const waits = receiver.wait();
            if (waits === null) return;
            stream.pause();
            waits.then(() => stream.resume(), fail);
          } catch (error) {
            fail(error);
          }
        }

        stream.on('data', take);
        connection.query(statement);
      },
      handleError: reject,
      handleCommandComplete() {},
      handleReadyForQuery: resolve,
    };
    client.query(copy as unknown as pg.Submittable);
  });
}
