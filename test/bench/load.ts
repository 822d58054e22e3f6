import { openConnection } from './wire.ts';

/** A service under load, and what was seen of it so far. */
export interface Subject {
  readonly name: string;
  readonly url: string;
  /** Asked in this order by each connection, from a place of its own on. */
  readonly paths: readonly string[];
  /** CPU time that the server has used, seconds; null where that is not known. */
  readonly cpu: () => number | null;
}

export interface LoadResult {
  readonly name: string;
  readonly connections: number;
  readonly requests: number;
  /** Milliseconds until an answer was whole. */
  readonly p50: number;
  readonly p99: number;
  readonly requestsPerSecond: number;
  /** CPU time of the server for each request, microseconds; null where that is not known. */
  readonly cpu: number | null;
}

export interface LoadOptions {
  readonly connections: number;
  /** Of load for each subject. */
  readonly seconds: number;
  /** Seconds of load for each subject before that. */
  readonly warmUp: number;
  /** Slices of the time, in which the subjects take turns: a busy machine slows them all. */
  readonly rounds: number;
}

interface Slice {
  readonly milliseconds: number[];
  readonly seconds: number;
  readonly cpu: number | null;
}

/**
 * Keeps connections busy with one request after the other; the subjects take turns.
 * @throws Error when any answer is not 200.
 */
export async function compare(
  subjects: readonly Subject[],
  { connections, seconds, warmUp, rounds }: LoadOptions,
): Promise<LoadResult[]> {
  const slices = subjects.map((): Slice[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, subject] of subjects.entries()) {
      if (round === 0) await slice(subject, connections, warmUp, 0);
      slices[at]!.push(await slice(subject, connections, seconds / rounds, round / rounds));
    }
  }
  return subjects.map(({ name }, at) => summarised(name, connections, slices[at]!));
}

/** @param offset where among the paths to begin, 0 to 1. */
async function slice(
  { name, url, paths, cpu }: Subject,
  connections: number,
  seconds: number,
  offset: number,
): Promise<Slice> {
  const milliseconds: number[] = [];
  const opened = await Promise.all(Array.from({ length: connections }, () => openConnection(url)));
  const cpuBefore = cpu();
  const started = performance.now();
  const end = started + 1000 * seconds;
  try {
    await Promise.all(
      opened.map(async (connection, nth) => {
        let next = Math.floor(paths.length * (nth / connections + offset));
        while (performance.now() < end) {
          const path = paths[next++ % paths.length]!;
          const { status, whole } = await connection.get(path);
          if (status !== 200) throw new Error(`${name}: status ${status} from ${url}${path}`);
          milliseconds.push(whole);
        }
      }),
    );
    const cpuAfter = cpu();
    return {
      milliseconds,
      seconds: (performance.now() - started) / 1000,
      cpu: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
    };
  } finally {
    for (const connection of opened) connection.destroy();
  }
}

function summarised(name: string, connections: number, slices: readonly Slice[]): LoadResult {
  const milliseconds = slices.flatMap((slice) => slice.milliseconds).sort((a, b) => a - b);
  const sum = (value: (slice: Slice) => number) => slices.reduce((total, slice) => total + value(slice), 0);
  const requests = milliseconds.length;
  return {
    name,
    connections,
    requests,
    p50: quantile(milliseconds, 0.5),
    p99: quantile(milliseconds, 0.99),
    requestsPerSecond: requests / sum(({ seconds }) => seconds),
    cpu: slices.some(({ cpu }) => cpu === null) ? null : (1e6 * sum(({ cpu }) => cpu!)) / requests,
  };
}

export function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))]!;
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}
