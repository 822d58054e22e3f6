import { BufferType, Data, tableFromIPC } from 'apache-arrow';
import { initSync, readParquet } from 'parquet-wasm/esm';

/** Decodes a Parquet file of one row group: the Arrow data of its columns, in the file's order. */
export type Decoder = (file: Uint8Array, rows: number) => Data[];

/**
 * A decoder on parquet-wasm, which is started at the first use.
 * @param module `parquet-wasm/esm/parquet_wasm_bg.wasm`
 * @returns a function that throws an Error where it cannot make sense of a file; a trap of the WebAssembly
 *   code is such an Error too, and leaves nothing behind that later calls would meet: none keeps an object
 *   in its memory.
 */
export function parquetDecoder(module: WebAssembly.Module): Decoder {
  let started = false;
  return (file, rows) => {
    if (!started) initSync({ module });
    started = true;
    // intoIPCStream frees the table, within parquet-wasm's memory, as it consumes it.
    const { batches } = tableFromIPC(readParquet(file, { batchSize: rows }).intoIPCStream());
    if (batches.length !== 1 || batches[0]!.numRows !== rows)
      throw new Error(`it does not hold ${rows} rows`);
    return batches[0]!.data.children.map(ownData);
  };
}

/** A copy of a column in buffers of its own: in a cache it must not keep its neighbours' bytes alive. */
function ownData({ type, length, nullCount, nullBitmap, valueOffsets, values }: Data): Data {
  const offsets = valueOffsets?.slice(0, length + 1);
  return new Data(type, 0, length, nullCount, {
    [BufferType.OFFSET]: offsets,
    [BufferType.DATA]: offsets ? values.slice(0, offsets[length]) : values.slice(),
    [BufferType.VALIDITY]: nullCount > 0 ? nullBitmap.slice() : undefined,
  } as Partial<Data['buffers']>);
}
