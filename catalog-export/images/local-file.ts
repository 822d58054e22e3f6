import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import type { FitsSource } from '../../engine/fits/index.ts';

/** Bytes of a piece of a stream. */
const PIECE_BYTES = 2 ** 18;

/** A file on this machine, open, of any size. */
export interface LocalFile extends FitsSource {
  /** All its bytes, in pieces. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/**
 * A pipe must not be opened: that waits until somebody writes.
 * @throws Error saying what is wrong with the file, without its name.
 */
export async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((error) => {
    throw new Error(reasonOf(error), { cause: error });
  });
  if (!found.isFile()) throw new Error('it is no file');
}

/** @throws Error saying what is wrong with the file, without its name. */
export async function openLocalFile(path: string): Promise<LocalFile> {
  await requireFile(path);
  const file = await open(path, 'r').catch((error) => {
    throw new Error(reasonOf(error), { cause: error });
  });
  const { size } = await file.stat();
  const read = async (offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    for (let filled = 0; filled < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
      if (bytesRead === 0) throw new Error('it became shorter while it was read');
      filled += bytesRead;
    }
    return bytes;
  };
  return {
    // What is wrong with it is told after its path.
    name: 'the file',
    size,
    read,
    stream: () => {
      let sent = 0;
      return new ReadableStream({
        async pull(controller) {
          if (sent === size) return controller.close();
          const piece = await read(sent, PIECE_BYTES);
          sent += piece.length;
          controller.enqueue(piece);
        },
      });
    },
    close: () => file.close(),
  };
}

/** A file in memory. */
export function bytesFile(bytes: Uint8Array<ArrayBuffer>): LocalFile {
  return {
    name: 'the file',
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    stream: () => new Blob([bytes]).stream(),
    close: async () => {},
  };
}

/** What an error of the file system means. */
export function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be read by this user';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return `it cannot be read (${message})`;
  }
}

/** SHA-256 of a file, in hexadecimal. */
export async function digestOf(file: LocalFile): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of file.stream()) hash.update(piece);
  return hash.digest('hex');
}

/** Passes a stream on; `digest` is there once it was read to its end. */
export function digesting(stream: ReadableStream<Uint8Array<ArrayBuffer>>): {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly digest: () => string;
} {
  const hash = createHash('sha256');
  return {
    stream: stream.pipeThrough(
      new TransformStream({
        transform(piece, controller) {
          hash.update(piece);
          controller.enqueue(piece);
        },
      }),
    ),
    digest: () => hash.digest('hex'),
  };
}
