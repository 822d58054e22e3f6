import { writeFileSync } from 'node:fs';
import { startDatabase } from './database.ts';
import { loadDuckdbModule, TRAMPOLINES } from './node.ts';
import { trampolineModule } from './trampoline-module.ts';
import { type FunctionType, typeName, type WebAssemblyFunction, webAssemblyFunction } from './trampolines.ts';

/** The types of functions that the installed DuckDB makes while it starts, sorted by name. */
export async function recordTypes(): Promise<FunctionType[]> {
  const types = new Map<string, FunctionType>();

  function recording(type: FunctionType, called: CallableFunction): CallableFunction {
    types.set(typeName(type), type);
    const WasmFunction = webAssemblyFunction(new WebAssembly.Module(trampolineModule([type])));
    return new WasmFunction(type, called);
  }
  const wasmFunction = recording as unknown as WebAssemblyFunction;
  await startDatabase({ module: loadDuckdbModule(), wasmFunction }, 2 ** 26);
  return [...types].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, type]) => type);
}

// To be run after each update of DuckDB: node engine/duckdb/record-trampolines.ts
if (import.meta.main) writeFileSync(TRAMPOLINES, trampolineModule(await recordTypes()));
