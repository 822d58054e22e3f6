import { readFileSync } from 'node:fs';
import type { DuckdbCode } from './database.ts';
import { webAssemblyFunction } from './trampolines.ts';

const packageFolder = new URL('../../node_modules/@duckdb/duckdb-wasm/dist/', import.meta.url);

export const TRAMPOLINES: URL = new URL('trampolines.wasm', import.meta.url);

/** DuckDB's module as the installed package has it. */
export function loadDuckdbModule(): WebAssembly.Module {
  // DuckDB's loader must not believe that it is in Node, where it looks for `require`.
  Object.assign(process, { type: 'renderer' });
  return compile(new URL('duckdb-eh.wasm', packageFolder));
}

/** DuckDB's code in Node. */
export function loadDuckdbCode(): DuckdbCode {
  return { module: loadDuckdbModule(), wasmFunction: webAssemblyFunction(compile(TRAMPOLINES)) };
}

function compile(file: URL): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(file));
}
