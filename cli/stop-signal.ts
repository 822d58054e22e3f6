const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Milliseconds in which further signals count as the first one: Ctrl-C on a terminal reaches npm and the program alike, and
 * npm then passes it on to the program once more.
 */
const SAME_SIGNAL = 1000;

/**
 * Calls `stop` when the program is asked to stop. Who asks again later is impatient: the process then ends at once.
 * @returns what ends the listening.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): () => void {
  let first: number | null = null;
  const listen = (signal: NodeJS.Signals) => {
    if (first === null) {
      first = performance.now();
      stop(signal);
    } else if (performance.now() - first > SAME_SIGNAL) {
      stopListening();
      process.kill(process.pid, signal);
    }
  };
  const stopListening = () => {
    for (const signal of SIGNALS) process.off(signal, listen);
  };
  for (const signal of SIGNALS) process.on(signal, listen);
  return stopListening;
}
