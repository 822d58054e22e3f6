import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test from 'node:test';
import { warmUpDecoder } from './warm-up.ts';

const parquetWasm = createRequire(import.meta.url).resolve('parquet-wasm/esm/parquet_wasm_bg.wasm');

test('the table that the decoder begins with can be decoded', () => {
  const module = new WebAssembly.Module(readFileSync(parquetWasm));
  assert.doesNotThrow(() => warmUpDecoder(module));
});
