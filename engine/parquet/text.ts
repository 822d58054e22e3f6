import { BufferType } from 'apache-arrow';
import { joinedBytes } from '../joined-bytes.ts';
import { type Texts, takeTexts } from '../table/texts.ts';
import type { Collector } from './column-chunk.ts';
import { dictionaryIndices, type Page } from './page.ts';

/** Collects the texts of a column, each page with the dictionary or with its own. */
export function textCollector(rows: number): Collector {
  const offsets = new Int32Array(rows + 1);
  const pieces: Uint8Array[] = [];
  let dictionary: Texts | null = null;
  let row = 0;
  let length = 0;

  return {
    page(page) {
      if (page.kind === 'dictionary') {
        dictionary = plainTexts(page);
        return;
      }
      const texts = page.kind === 'plain' ? plainTexts(page) : looked(page, dictionary);
      let text = 0;
      for (let at = 0; at < page.count; at++, row++) {
        offsets[row + 1] = length + texts.offsets[page.defined?.[at] === 0 ? text : ++text]!;
      }
      length += texts.bytes.length;
      pieces.push(texts.bytes);
    },
    buffers: () => ({ [BufferType.OFFSET]: offsets, [BufferType.DATA]: joinedBytes(pieces) }),
  };
}

/** Each text after its length in four bytes (Parquet, "Plain"). */
function plainTexts({ present, view, start }: Page): Texts {
  const offsets = new Int32Array(present + 1);
  const stored = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const bytes = new Uint8Array(Math.max(0, view.byteLength - start - 4 * present));
  for (let text = 0, from = start, to = 0; text < present; text++) {
    const size = view.getUint32(from, true);
    from += 4;
    if (from + size > stored.length) throw new Error('it has a text that goes beyond its page');
    for (const end = from + size; from < end; ) bytes[to++] = stored[from++]!;
    offsets[text + 1] = to;
  }
  return { bytes: bytes.subarray(0, offsets[present]), offsets };
}

function looked(page: Page, dictionary: Texts | null): Texts {
  if (dictionary === null) throw new Error('it has no dictionary');
  const indices = dictionaryIndices(page);
  const words = dictionary.offsets.length - 1;
  if (indices.some((word) => word >= words)) throw new Error('it has an index that its dictionary has not');
  return takeTexts(dictionary, indices);
}
