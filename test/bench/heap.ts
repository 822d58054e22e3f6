/** What counts against the 128 MB of an isolate on Cloudflare, bytes. */
export interface IsolateMemory {
  /** JavaScript objects, with those that wait to be collected. */
  readonly objects: number;
  /** Contents of array buffers and external strings. */
  readonly buffers: number;
  /** WebAssembly memories. */
  readonly wasm: number;
  readonly total: number;
}

/** The memory of an isolate, seen by V8's inspector between two of its tasks. */
export interface Heap {
  /** As it is, with what waits to be collected. */
  memory(): Promise<IsolateMemory>;
  /** Once all garbage has been collected. */
  held(): Promise<IsolateMemory>;
  /** Resolves when the inspector is left: a worker that ends with it open takes workerd down with a trap. */
  close(): Promise<void>;
}

/** Milliseconds after which new WebAssembly memories are looked for: V8 collects all garbage for it. */
const SEARCH = 10_000;

/**
 * Connects to workerd's inspector, which speaks the Chrome DevTools Protocol. `Runtime.getHeapUsage` does not count WebAssembly
 * memories; `Runtime.queryObjects` finds them, wherever in the isolate they are held, and each tells its length.
 * @throws Error when no worker listens there.
 */
export async function openHeap(port: number): Promise<Heap> {
  const response = await fetch(`http://127.0.0.1:${port}/json`);
  const [worker] = (await response.json()) as { webSocketDebuggerUrl: string }[];
  if (worker === undefined) throw new Error('the inspector of workerd knows no worker');
  const { call, event, close } = await connect(worker.webSocketDebuggerUrl);
  const created = event('Runtime.executionContextCreated');
  await call('Runtime.enable');
  const { uniqueId } = (await created).context;
  const { result: prototype } = await call('Runtime.evaluate', {
    expression: 'WebAssembly.Memory.prototype',
    uniqueContextId: uniqueId,
  });

  let memories: string | null = null;
  let searched = 0;

  async function search(): Promise<string> {
    if (memories !== null) await call('Runtime.releaseObject', { objectId: memories });
    const { objects } = await call('Runtime.queryObjects', { prototypeObjectId: prototype.objectId });
    searched = performance.now();
    return objects.objectId;
  }

  async function measure(): Promise<IsolateMemory> {
    const usage = await call('Runtime.getHeapUsage');
    const { result } = await call('Runtime.callFunctionOn', {
      objectId: memories,
      functionDeclaration:
        'function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }',
      returnByValue: true,
    });
    const objects = usage.usedSize + usage.embedderHeapUsedSize;
    const buffers = usage.backingStorageSize;
    const wasm = result.value;
    return { objects, buffers, wasm, total: objects + buffers + wasm };
  }

  return {
    async memory() {
      if (memories === null || performance.now() - searched > SEARCH) memories = await search();
      return measure();
    },
    async held() {
      memories = await search();
      return measure();
    },
    close,
  };
}

/** Results and parameters of the protocol's methods differ; the calls above know theirs. */
// biome-ignore lint/suspicious/noExplicitAny: as the comment says
type Message = Record<string, any>;

async function connect(url: string) {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('the inspector of workerd does not answer')));
  });
  const waiting = new Map<number | string, { resolve(result: Message): void; reject(error: Error): void }>();
  socket.addEventListener('message', ({ data }) => {
    const { id, method, result, params, error } = JSON.parse(data as string) as Message;
    const waits = waiting.get(id ?? method);
    waiting.delete(id ?? method);
    if (error) waits?.reject(new Error(`the inspector of workerd says: ${error.message}`));
    else waits?.resolve(result ?? params);
  });
  const closed = new Promise<void>((resolve) => {
    socket.addEventListener('close', () => {
      for (const { reject } of waiting.values()) reject(new Error('the inspector of workerd has left'));
      resolve();
    });
  });
  const answer = (to: number | string) =>
    new Promise<Message>((resolve, reject) => waiting.set(to, { resolve, reject }));
  let calls = 0;
  return {
    call(method: string, params: Message = {}): Promise<Message> {
      const id = ++calls;
      const answered = answer(id);
      socket.send(JSON.stringify({ id, method, params }));
      return answered;
    },
    event: (method: string): Promise<Message> => answer(method),
    close: async () => {
      socket.close();
      await closed;
    },
  };
}
