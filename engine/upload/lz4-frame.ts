const MAGIC = 0x184d2204;
/** Of the descriptor of a frame (LZ4 Frame Format 1.6.4). */
const HAS_BLOCK_CHECKSUMS = 0x10;
const HAS_CONTENT_SIZE = 0x08;
const HAS_DICTIONARY = 0x01;
/** Of the size of a block: that it is not compressed. */
const IS_PLAIN = 0x8000_0000;
const SHORTEST_MATCH = 4;

/**
 * What an LZ4 frame holds. Its blocks may refer to those before them, as Arrow's do; checksums are not looked at.
 * @param length bytes that it must hold.
 * @throws RangeError where it is damaged, or holds more or less.
 */
export function unpackedLz4Frame(frame: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const flags = view.getUint8(4);
  if (view.getUint32(0, true) !== MAGIC || flags >> 6 !== 1 || (flags & HAS_DICTIONARY) !== 0) {
    throw new RangeError('it is no LZ4 frame of version 1 without a dictionary');
  }
  const unpacked = new Uint8Array(length);
  let at = 7 + (flags & HAS_CONTENT_SIZE ? 8 : 0);
  let end = 0;
  for (;;) {
    const said = view.getUint32(at, true);
    if (said === 0) break;
    at += 4;
    const size = said % IS_PLAIN;
    if (at + size > frame.length) throw new RangeError('an LZ4 block is cut off');
    const block = frame.subarray(at, at + size);
    if (said >= IS_PLAIN) {
      unpacked.set(block, end);
      end += size;
    } else end = unpackBlock(block, unpacked, end);
    at += size + (flags & HAS_BLOCK_CHECKSUMS ? 4 : 0);
  }
  if (end !== length) throw new RangeError(`it has ${end} bytes, not ${length}`);
  return unpacked;
}

/** LZ4 Block Format. @returns where the bytes of the block end. */
function unpackBlock(block: Uint8Array, into: Uint8Array, start: number): number {
  let at = 0;
  let end = start;
  const byte = (): number => {
    const value = block[at++];
    if (value === undefined) throw new RangeError('an LZ4 block ends too early');
    return value;
  };
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15) for (let more = 255; more === 255; length += more) more = byte();
    return length;
  };
  while (at < block.length) {
    const token = byte();
    const literals = lengthOf(token >> 4);
    if (at + literals > block.length) throw new RangeError('an LZ4 block ends too early');
    into.set(block.subarray(at, at + literals), end);
    at += literals;
    end += literals;
    if (at === block.length) break;
    const offset = byte() + 256 * byte();
    const copied = lengthOf(token & 15) + SHORTEST_MATCH;
    if (offset === 0 || offset > end || end + copied > into.length) {
      throw new RangeError('an LZ4 block refers to what is not there');
    }
    if (offset >= copied) into.copyWithin(end, end - offset, end - offset + copied);
    else for (let nth = 0; nth < copied; nth++) into[end + nth] = into[end + nth - offset]!;
    end += copied;
  }
  return end;
}
