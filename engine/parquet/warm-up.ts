import { parquetWriteBuffer } from 'hyparquet-writer/src/write.js';
import { parquetDecoder } from './decode.ts';

/**
 * Decodes a table of two rows with a column of each kind. An engine compiles a WebAssembly function when it is first called, and those
 * that the first row group calls take some 20 ms: a service that does this before its first request answers that one so much sooner.
 * @param module `parquet-wasm/esm/parquet_wasm_bg.wasm`
 */
export function warmUpDecoder(module: WebAssembly.Module): void {
  const file = parquetWriteBuffer({
    columnData: [
      { name: 'long', data: [1n, null], type: 'INT64' },
      { name: 'int', data: [1, null], type: 'INT32' },
      { name: 'double', data: [1.5, null], type: 'DOUBLE' },
      { name: 'float', data: [1.5, null], type: 'FLOAT' },
      { name: 'boolean', data: [true, null], type: 'BOOLEAN' },
      { name: 'text', data: ['text', null], type: 'STRING' },
    ],
    statistics: false,
  });
  parquetDecoder(module)(new Uint8Array(file), 2);
}
