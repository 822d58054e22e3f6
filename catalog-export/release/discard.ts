/**
 * Gives the memory of an array back now, and not when garbage is collected: of tens of megabytes each, a few that wait for that are as
 * much as all else. Nobody can use it any more.
 * @param array with memory of its own.
 */
export function discard({ buffer }: ArrayBufferView<ArrayBufferLike>): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
