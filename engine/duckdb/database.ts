import { asDuckdbError, breaks, DuckdbError } from './duckdb-error.ts';
import type { WebAssemblyFunction } from './trampolines.ts';

/** What DuckDB is started from. */
export interface DuckdbCode {
  /** `duckdb-eh.wasm` of the package. */
  readonly module: WebAssembly.Module;
  /** Made of `trampolines.wasm`. */
  readonly wasmFunction: WebAssemblyFunction;
}

/**
 * A database in memory. Its calls block, and throw DuckdbError 'query', 'memory' or 'trap'. Where it is broken they throw 'trap', whatever
 * is asked.
 */
export interface Database {
  readonly broken: boolean;
  connect(): Connection;
  /** Bytes of its memory, which only grows. */
  memoryBytes(): number;
}

export interface Connection {
  /** Runs statements that answer nothing. */
  run(sql: string): void;
  /** Runs one statement to its end: an Arrow IPC file. */
  query(sql: string): Uint8Array;
  /** Inserts the rows of an Arrow IPC stream into a table with columns of the same names. */
  insert(table: string, stream: Uint8Array): void;
  /** Begins a query, the one of this connection. */
  start(sql: string): void;
  /** Works on the query for a while: the result's schema as an Arrow IPC message once its first rows are known, else null. */
  poll(): Uint8Array | null;
  /** Some rows as an Arrow IPC message, none at the end; null where more work is needed. */
  fetch(): Uint8Array | null;
  /** Ends the query too. */
  close(): void;
}

/** WebAssembly counts memory in pages (WebAssembly 2.0 §4.2.8). */
const PAGE_BYTES = 65_536;
/** What DuckDB's module asks for. */
const INITIAL_PAGES = 256;

/** Members of the package's bindings that take the place of what loads a file in a browser. */
interface Loading {
  instantiateImpl(overrides: object): Promise<unknown>;
  instantiateWasm(
    imports: WebAssembly.Imports,
    success: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
}

/**
 * Starts a DuckDB that can reach nothing but its own memory.
 * @param memoryBytes of WebAssembly's memory at most, code and stack not counted.
 */
export async function startDatabase(code: DuckdbCode, memoryBytes: number): Promise<Database> {
  prepareGlobals(code.wasmFunction);
  // Loaded when it is needed: it looks around for the globals above, and is large.
  const { createDuckDB, DEFAULT_RUNTIME, VoidLogger } = await import(
    '../../node_modules/@duckdb/duckdb-wasm/dist/duckdb-browser-blocking.mjs'
  );
  const noFiles = { mainModule: '', mainWorker: '' };
  const bindings = await createDuckDB({ mvp: noFiles, eh: noFiles }, new VoidLogger(), DEFAULT_RUNTIME);
  const wasmMemory = new WebAssembly.Memory({
    initial: INITIAL_PAGES,
    maximum: Math.max(INITIAL_PAGES, Math.floor(memoryBytes / PAGE_BYTES)),
  });
  const loading = bindings as unknown as Loading;
  const instantiate = loading.instantiateImpl.bind(bindings);
  const silence = () => {};
  loading.instantiateImpl = (overrides) =>
    instantiate({ ...overrides, wasmMemory, print: silence, printErr: silence });
  let failed: (error: unknown) => void;
  const failure = new Promise<never>((_, reject) => {
    failed = reject;
  });
  loading.instantiateWasm = (imports, success) => {
    Object.assign(globalThis, { DUCKDB_RUNTIME: DEFAULT_RUNTIME });
    WebAssembly.instantiate(code.module, imports).then((instance) => success(instance, code.module), failed);
    return {};
  };
  await Promise.race([bindings.instantiate(), failure]);
  bindings.open({
    path: ':memory:',
    // One task at a time: the clock of workerd stands still while DuckDB works.
    query: { queryPollingInterval: 0, castBigIntToDouble: false, castTimestampToDate: false },
  });

  let broken = false;
  function guarded<Result>(call: () => Result): Result {
    if (broken) throw new DuckdbError('trap', 'DuckDB broke while it worked on another query');
    try {
      return call();
    } catch (error) {
      broken = breaks(error);
      throw asDuckdbError(error);
    }
  }

  return {
    get broken() {
      return broken;
    },
    memoryBytes: () => wasmMemory.buffer.byteLength,
    connect() {
      const connection = guarded(() => bindings.connect());
      const id = connection.useUnsafe((_, id) => id);
      return {
        run: (sql) => void guarded(() => bindings.runQuery(id, sql)),
        query: (sql) => guarded(() => bindings.runQuery(id, sql)),
        insert: (name, stream) =>
          guarded(() => bindings.insertArrowFromIPCStream(id, stream, { name, create: false })),
        start: (sql) => void guarded(() => bindings.startPendingQuery(id, sql, true)),
        poll: () => guarded(() => bindings.pollPendingQuery(id)),
        fetch: () => guarded(() => bindings.fetchQueryResults(id)),
        close: () => guarded(() => connection.close()),
      };
    },
  };
}

/** What DuckDB's loader takes for granted. */
function prepareGlobals(wasmFunction: WebAssemblyFunction): void {
  Object.assign(WebAssembly, { Function: wasmFunction });
  const browser = {
    location: { href: '' },
    setImmediate: (call: () => void) => setTimeout(call, 0),
    clearImmediate: (timer: number) => clearTimeout(timer),
  };
  for (const [name, value] of Object.entries(browser)) {
    if (!(name in globalThis)) Object.assign(globalThis, { [name]: value });
  }
}
