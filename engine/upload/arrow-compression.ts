import { CompressionType, compressionRegistry } from 'apache-arrow';
import { decompress as decompressZstd } from 'fzstd';
import { unpackedLz4Frame } from './lz4-frame.ts';
import { UploadError } from './upload.ts';

/** Bytes of the length before the bytes of a compressed buffer (Arrow, Columnar Format, Compression). */
const PREFIX = 8;

/** What the buffers of the file at hand may still become: files are read one at a time, without a pause. */
let left = 0;

/** Lets Arrow unpack the buffers of the next file that is read, to so many bytes in all. */
export function unpackAtMost(bytes: number): void {
  left = bytes;
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: within(unpackedLz4Frame) });
  compressionRegistry.set(CompressionType.ZSTD, {
    decode: within((packed, length) => decompressZstd(packed, new Uint8Array(length))),
  });
}

/** Arrow hands over what follows the length, a part of the same buffer. */
function within(unpack: (packed: Uint8Array, length: number) => Uint8Array) {
  return (packed: Uint8Array): Uint8Array => {
    const prefix = new DataView(packed.buffer, packed.byteOffset - PREFIX, PREFIX);
    const length = Number(prefix.getBigInt64(0, true));
    if (length < 0) throw new RangeError('a buffer has no such length');
    left -= length;
    if (left < 0) {
      throw new UploadError('it holds much more than it has bytes, more than is taken here', {
        tooLarge: true,
      });
    }
    return unpack(packed, length);
  };
}
