/** The package has this file and its types, but says of neither. */
declare module '*/duckdb-browser-blocking.mjs' {
  export { createDuckDB, DEFAULT_RUNTIME, VoidLogger } from '@duckdb/duckdb-wasm/blocking';
}
