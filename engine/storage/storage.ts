/** A half-open range of bytes: [offset, offset + length). */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Where objects lie: an R2 or S3 bucket, a disk service of workerd, a folder. Keys are `/`-separated, without a
 * leading slash. Nothing outside an implementation knows more.
 */
export interface Storage {
  /**
   * An object's bytes, or a range of them; null where no object has that key.
   * A range that reaches past the end gives the bytes there are.
   */
  get(key: string, range?: ByteRange): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Bytes in an object; null where no object has that key. */
  size(key: string): Promise<number | null>;
  /** What `get` gives, a piece at a time: an object of any size is never in memory whole. */
  stream(key: string, range?: ByteRange): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>;
  /** Writes an object whole: a reader sees the old bytes or the new, never a mixture. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /**
   * What `put` does with the bytes of a stream, which may be more than there is memory.
   * @throws what the stream throws, having written nothing.
   */
  putStream(key: string, stream: ReadableStream<Uint8Array>): Promise<void>;
  /**
   * Writes an object with the bytes of another one, by the storage itself where it can: no byte comes here.
   * @throws Error where there is no object to copy.
   */
  copy(from: string, to: string): Promise<void>;
  /** Names of the immediate children of a folder (`''` is the root), objects and folders alike, sorted. */
  list(folder: string): Promise<string[]>;
  /** Deletes the object with that key, if there is one, and every object below it as a folder. */
  remove(key: string): Promise<void>;
}
