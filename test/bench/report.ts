import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** A line of the table. */
export interface Row {
  readonly what: string;
  /** What is aimed at, in words; null for a figure that is only to be known. */
  readonly target: string | null;
  readonly measured: string;
  /** The same figure of a constant answer, or of native code. */
  readonly bare: string | null;
  /** `measured` to `bare`. */
  readonly ratio: number | null;
  /** Least and greatest ratio of the rounds whose median `ratio` is. */
  readonly spread?: readonly [number, number];
  /** Whether the target is met; null without a target. */
  readonly ok: boolean | null;
  /** The figures, with units in their names. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** What a run has measured, as `--json` writes it. */
export interface BenchResults {
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly machine: ReturnType<typeof describeMachine>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly sections: readonly SectionResults[];
}

export interface SectionResults {
  readonly section: string;
  /** Null where it is of no catalogue. */
  readonly catalog: string | null;
  readonly title: string;
  readonly loadBefore: number;
  readonly rows: readonly Row[];
}

const WIDTHS = { what: 52, target: 42, measured: 44, bare: 52, ratio: 18 } as const;

export function header(): string {
  return line(['what', 'target', 'measured', 'bare', 'ratio (of rounds)', '']);
}

export function formatted(row: Row): string {
  return line(cells(row));
}

function line(texts: readonly string[]): string {
  const widths = Object.values(WIDTHS);
  return texts
    .map((text, at) => text.padEnd(widths[at] ?? 0))
    .join(' ')
    .trimEnd();
}

/** The texts of a line: what, target, measured, bare, ratio, verdict. */
export function cells({ what, target, measured, bare, ratio, spread, ok }: Row): string[] {
  const range = spread ? ` (${spread.map((end) => end.toFixed(2)).join('–')})` : '';
  const verdict = ok === null ? '' : ok ? 'ok' : 'not';
  return [what, target ?? '', measured, bare ?? '', ratio === null ? '' : ratio.toFixed(2) + range, verdict];
}

export function described({ date, machine }: Pick<BenchResults, 'date' | 'machine'>): string {
  const { cores, cpu, memory, system, node, load } = machine;
  return `${date}: ${cores} cores of ${cpu}, ${memory} GB, ${system}, Node ${node}, load average ${load}`;
}

export function describeMachine() {
  return {
    cpu: cpus()[0]?.model ?? 'an unknown processor',
    cores: cpus().length,
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    load: load(),
  };
}

/** Load average of the last minute: what else the machine had to do, before the measurement adds to it. */
export function load(): number {
  return Number(loadavg()[0]!.toFixed(2));
}

export const integer = (value: number): string => Math.round(value).toLocaleString('en');
export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const kilobytes = (bytes: number): string => `${integer(bytes / 1000)} kB`;
export const megabytes = (bytes: number): string => `${integer(bytes / 1e6)} MB`;
