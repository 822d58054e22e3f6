export interface HeapUsage {
  /** JavaScript objects, bytes. */
  readonly objects: number;
  /** Contents of array buffers and external strings, bytes. */
  readonly buffers: number;
}

/** The heap of an isolate, seen by V8's inspector. */
export interface Heap {
  usage(): Promise<HeapUsage>;
  close(): void;
}

/**
 * Connects to workerd's inspector. Runtime.getHeapUsage is of the Chrome DevTools Protocol.
 * @throws Error when no worker listens there.
 */
export async function openHeap(port: number): Promise<Heap> {
  const response = await fetch(`http://127.0.0.1:${port}/json`);
  const [worker] = (await response.json()) as { webSocketDebuggerUrl: string }[];
  if (worker === undefined) throw new Error('the inspector of workerd knows no worker');
  const socket = new WebSocket(worker.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  const waiting = new Map<number, (message: { result: Record<string, number> }) => void>();
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(data as string);
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  let calls = 0;
  return {
    async usage() {
      const id = ++calls;
      const { result } = await new Promise<{ result: Record<string, number> }>((resolve) => {
        waiting.set(id, resolve);
        socket.send(JSON.stringify({ id, method: 'Runtime.getHeapUsage' }));
      });
      return {
        objects: result.usedSize! + result.embedderHeapUsedSize!,
        buffers: result.backingStorageSize!,
      };
    },
    close: () => socket.close(),
  };
}
