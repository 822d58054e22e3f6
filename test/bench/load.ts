import { integer, milliseconds } from './report.ts';
import { openConnection } from './wire.ts';

/** A service under load, and what was seen of it so far. */
export interface Subject {
  readonly name: string;
  readonly url: string;
  /** False: a connection for each request. */
  readonly keepAlive: boolean;
  /** Asked in this order by each connection, from a place of its own on. */
  readonly paths: readonly string[];
  /** CPU time that the server has used, seconds; null where that is not known. */
  readonly cpu: () => number | null;
  /** Has each of its turns take place while something else is the case. */
  readonly during?: <Result>(turn: () => Promise<Result>) => Promise<Result>;
}

export interface LoadResult {
  readonly name: string;
  readonly connections: number;
  readonly requests: number;
  /** Milliseconds until an answer was whole: median of the rounds' medians, and the 99th percentile of all. */
  readonly p50: number;
  readonly p99: number;
  /** Median of the rounds. */
  readonly requestsPerSecond: number;
  /** Mean of an answer's body, bytes. */
  readonly bytes: number;
  /** CPU time for each request, microseconds: of the server, null where that is not known, and of this load generator. */
  readonly cpu: number | null;
  readonly generatorCpu: number;
  readonly rounds: readonly Round[];
}

/** What a subject did in one of its turns. */
export interface Round {
  readonly requestsPerSecond: number;
  readonly p50: number;
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
  readonly bytes: number;
  /** Seconds. */
  readonly cpu: number | null;
  readonly generatorCpu: number;
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
  for (const subject of subjects) await slice(subject, connections, warmUp, 0);
  for (let round = 0; round < rounds; round++) {
    for (const [at, subject] of subjects.entries()) {
      const turn = () => slice(subject, connections, seconds / rounds, round / rounds);
      slices[at]!.push(await (subject.during?.(turn) ?? turn()));
    }
  }
  return subjects.map(({ name }, at) => summarised(name, connections, slices[at]!));
}

/**
 * Each path once: then the caches hold what they can of it.
 * @throws Error when any answer is not 200.
 */
export async function askAll(url: string, paths: readonly string[], connections: number): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection = await openConnection(url);
      while (next < paths.length) {
        const path = paths[next++]!;
        const { status } = await connection.get(path);
        if (status !== 200) throw new Error(`status ${status} from ${url}${path}`);
      }
      connection.destroy();
    }),
  );
}

/** @param offset where among the paths to begin, 0 to 1. */
async function slice(
  { name, url, keepAlive, paths, cpu }: Subject,
  connections: number,
  seconds: number,
  offset: number,
): Promise<Slice> {
  const milliseconds: number[] = [];
  let received = 0;
  const opened = await Promise.all(Array.from({ length: connections }, () => openConnection(url, keepAlive)));
  const cpuBefore = cpu();
  const ownBefore = process.cpuUsage();
  const started = performance.now();
  const end = started + 1000 * seconds;
  try {
    await Promise.all(
      opened.map(async (connection, nth) => {
        let next = Math.floor(paths.length * (nth / connections + offset));
        while (performance.now() < end) {
          const path = paths[next++ % paths.length]!;
          const { status, whole, bytes } = await connection.get(path);
          if (status !== 200) throw new Error(`${name}: status ${status} from ${url}${path}`);
          milliseconds.push(whole);
          received += bytes;
        }
      }),
    );
    const elapsed = (performance.now() - started) / 1000;
    const own = process.cpuUsage(ownBefore);
    const cpuAfter = cpu();
    return {
      milliseconds,
      seconds: elapsed,
      bytes: received,
      cpu: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
      generatorCpu: (own.user + own.system) / 1e6,
    };
  } finally {
    for (const connection of opened) connection.destroy();
  }
}

function summarised(name: string, connections: number, slices: readonly Slice[]): LoadResult {
  const milliseconds = slices.flatMap((slice) => slice.milliseconds).sort((a, b) => a - b);
  const sum = (value: (slice: Slice) => number) => slices.reduce((total, slice) => total + value(slice), 0);
  const requests = milliseconds.length;
  const rounds = slices.map((slice) => ({
    requestsPerSecond: slice.milliseconds.length / slice.seconds,
    p50: median(slice.milliseconds),
  }));
  return {
    name,
    connections,
    requests,
    p50: median(rounds.map((round) => round.p50)),
    p99: quantile(milliseconds, 0.99),
    requestsPerSecond: median(rounds.map((round) => round.requestsPerSecond)),
    bytes: sum(({ bytes }) => bytes) / requests,
    cpu: slices.some(({ cpu }) => cpu === null) ? null : (1e6 * sum(({ cpu }) => cpu!)) / requests,
    generatorCpu: (1e6 * sum(({ generatorCpu }) => generatorCpu)) / requests,
    rounds,
  };
}

/** In words. */
export function figures({ requestsPerSecond, p50, p99 }: LoadResult): string {
  return `${integer(requestsPerSecond)} /s, p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}`;
}

/** A ratio of two subjects that took turns: of each round, so that a busy machine weighs on both. */
export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

export function ratioOf(of: LoadResult, to: LoadResult, value: (round: Round) => number): Ratio {
  const ratios = of.rounds.map((round, at) => value(round) / value(to.rounds[at]!));
  return { median: median(ratios), least: Math.min(...ratios), greatest: Math.max(...ratios) };
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
