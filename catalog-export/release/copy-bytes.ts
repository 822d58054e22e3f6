/** From here on what it costs to call the engine is little beside the bytes. */
const LONG = 512;

/** Copies source[from, to) to target[at…]. Of a row of a table: `Buffer.copy` makes an object for each, which takes longer than its bytes. */
export function copyBytes(source: Buffer, from: number, to: number, target: Buffer, at: number): void {
  if (to - from >= LONG) {
    source.copy(target, at, from, to);
    return;
  }
  for (let read = from, write = at; read < to; read += 1, write += 1) target[write] = source[read]!;
}
