/** Milliseconds to wait for another caller's load. */
const PATIENCE = 2000;

/**
 * Lets concurrent callers of one key share one load. In workerd a request's reads die with the request, and
 * with them whatever waits for them: so a caller waits for the load of another for a while only, and then
 * loads for itself.
 */
export function sharedLoads<T>(patience = PATIENCE): (key: string, load: () => Promise<T>) => Promise<T> {
  const running = new Map<string, Promise<T>>();

  function start(key: string, load: () => Promise<T>): Promise<T> {
    const loading = load().finally(() => {
      if (running.get(key) === loading) running.delete(key);
    });
    running.set(key, loading);
    return loading;
  }

  return async (key, load) => {
    const loading = running.get(key);
    if (loading === undefined) return start(key, load);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const impatient = new Promise<'impatient'>((resolve) => {
      timer = setTimeout(() => resolve('impatient'), patience);
    });
    try {
      const loaded = await Promise.race([loading.then((value) => ({ value })), impatient]);
      return loaded === 'impatient' ? await start(key, load) : loaded.value;
    } finally {
      clearTimeout(timer);
    }
  };
}
