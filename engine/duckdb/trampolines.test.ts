import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { TRAMPOLINES } from './node.ts';
import { recordTypes } from './record-trampolines.ts';
import { trampolineModule } from './trampoline-module.ts';
import { webAssemblyFunction } from './trampolines.ts';

test('trampolines.wasm is what the installed DuckDB asks for', async () => {
  const wanted = trampolineModule(await recordTypes());
  assert.deepEqual(
    new Uint8Array(readFileSync(TRAMPOLINES)),
    wanted,
    'run `node engine/duckdb/record-trampolines.ts`',
  );
});

test('a trampoline is a function of WebAssembly that calls one of JavaScript', () => {
  const types = [
    { parameters: ['i32', 'f64'], results: ['f32'] },
    { parameters: [], results: [] },
  ] as const;
  const WasmFunction = webAssemblyFunction(new WebAssembly.Module(trampolineModule(types)));
  const half = new WasmFunction(types[0], (a: number, b: number) => (a + b) / 2);
  assert.equal(half(1.9, 2), 1.5);
  const table = new WebAssembly.Table({ initial: 1, element: 'anyfunc' });
  table.set(0, half);
  assert.equal(table.get(0)(3, 4), 3.5);
  assert.throws(
    () => new WasmFunction({ parameters: ['i64'], results: [] }, () => {}),
    /type \(i64\) was recorded/,
  );
});
