import autocannon from 'autocannon';

/** What one load generator saw of one service. */
export interface LoadResult {
  readonly name: string;
  readonly connections: number;
  readonly requests: number;
  /** Milliseconds. */
  readonly p50: number;
  /** Milliseconds. */
  readonly p99: number;
  readonly requestsPerSecond: number;
}

export interface LoadOptions {
  readonly name: string;
  readonly url: string;
  /** Asked in this order by each connection, from a place of its own on. */
  readonly paths: readonly string[];
  readonly connections: number;
  readonly seconds: number;
}

/**
 * Keeps each connection busy with one request after the other. Its own work is some 40 µs of CPU time a request, less than
 * that of bare workerd (70 µs): with a core for each it is not the bottleneck.
 * @throws Error when any answer is not 200.
 */
export async function load({ name, url, paths, connections, seconds }: LoadOptions): Promise<LoadResult> {
  const milliseconds: number[] = [];
  let clients = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    setupClient: (client) => {
      const start = Math.floor((paths.length * clients++) / connections);
      client.setRequests([...paths.slice(start), ...paths.slice(0, start)].map((path) => ({ path })));
      // autocannon's own histogram counts whole milliseconds.
      client.on('response', (_status, _bytes, time) => milliseconds.push(time));
    },
  });
  const bad = result.errors + result.timeouts + result.non2xx;
  if (bad > 0) throw new Error(`${name}: ${bad} of ${result.requests.total} requests failed`);
  milliseconds.sort((a, b) => a - b);
  return {
    name,
    connections,
    requests: milliseconds.length,
    p50: quantile(milliseconds, 0.5),
    p99: quantile(milliseconds, 0.99),
    requestsPerSecond: milliseconds.length / result.duration,
  };
}

export function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))]!;
}
