import { ByteBuffer } from 'flatbuffers';

/** What reads Arrow's messages calls it for how many elements a vector has, and then reads as many, there or not. */
interface VectorLength {
  __vector_len(offset: number): number;
}

/**
 * Lets FlatBuffers' JavaScript, which has no verifier, refuse vectors that say they are longer than the whole message: a damaged byte
 * would make Arrow read millions of fields that are not there.
 */
export function refuseEndlessVectors(): void {
  const buffers = ByteBuffer.prototype as unknown as VectorLength & { refusing?: true };
  if (buffers.refusing) return;
  const lengthOf = buffers.__vector_len;
  buffers.refusing = true;
  buffers.__vector_len = function (this: ByteBuffer & VectorLength, offset: number): number {
    const length = lengthOf.call(this, offset);
    if (length >= 0 && length <= this.capacity()) return length;
    throw new RangeError('a message is longer than it can be');
  };
}
