import assert from 'node:assert/strict';
import test from 'node:test';
import { createKeptOutputs, partOf } from './kept-outputs.ts';

const output = Uint8Array.from({ length: 9 << 20 }, (_, at) => at % 251);

for (const pieceBytes of [1 << 16, 3 << 20, 9 << 20]) {
  test(`an output in pieces of ${pieceBytes} bytes has a size and any range, and its end is kept`, async () => {
    let made = 0;
    const make = async function* () {
      made++;
      for (let at = 0; at < output.length; at += pieceBytes) yield output.slice(at, at + pieceBytes);
    };
    const kept = createKeptOutputs();
    const known = await kept.measured('key', make);
    assert.equal(known.size, output.length);
    assert.equal(kept.known('key'), known);
    const range = async (offset: number, length: number) => {
      const parts: Uint8Array[] = [];
      for await (const part of partOf(known, make, offset, length)) parts.push(part);
      return Buffer.concat(parts);
    };
    const end = output.length - 1_000_000;
    assert.ok((await range(end, 1_000_000)).equals(output.subarray(end)));
    assert.equal(made, 1);
    assert.ok((await range(5, 4_000_000)).equals(output.subarray(5, 4_000_005)));
    assert.equal(made, 2);
  });
}
