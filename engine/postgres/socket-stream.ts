import { Duplex } from 'node:stream';
import type {
  ReadableStreamBYOBReader,
  Socket,
  WritableStreamDefaultWriter,
} from '@cloudflare/workers-types';

const READ_BYTES = 65_536;

/**
 * A Workers socket as the stream that `pg` wants. The one it brings itself reads 4 kB at a time, and reads on whether or not
 * anybody takes what was read.
 */
export function socketStream(open: () => Socket): Duplex {
  let socket: Socket;
  let reader: ReadableStreamBYOBReader;
  let writer: WritableStreamDefaultWriter<Uint8Array>;
  const stream = new Duplex({
    // A server that ends the connection has ended it, or nobody would notice the death of its process.
    allowHalfOpen: false,
    read() {
      reader.read(new Uint8Array(READ_BYTES)).then(
        ({ done, value }) =>
          stream.push(done ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength)),
        (error) => stream.destroy(error),
      );
    },
    write(bytes: Buffer, _encoding, done) {
      writer.write(bytes).then(() => done(), done);
    },
    final(done) {
      writer.close().then(() => done(), done);
    },
    destroy(error, done) {
      socket.close().then(
        () => done(error),
        () => done(error),
      );
    },
  });
  return Object.assign(stream, {
    connect() {
      socket = open();
      reader = socket.readable.getReader({ mode: 'byob' });
      writer = socket.writable.getWriter();
      socket.opened.then(
        () => stream.emit('connect'),
        (error) => stream.destroy(error),
      );
    },
    setNoDelay() {},
    setKeepAlive() {},
    ref() {},
    unref() {},
  });
}
