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
  /** Whether the target is met; null without a target. */
  readonly ok: boolean | null;
  /** The figures, with units in their names. */
  readonly values: Readonly<Record<string, unknown>>;
}

const WIDTHS = { what: 46, target: 32, measured: 46, bare: 42, ratio: 8 } as const;

export function header(): string {
  return line('what', 'target', 'measured', 'bare', 'ratio', 'ok');
}

export function formatted({ what, target, measured, bare, ratio, ok }: Row): string {
  const verdict = ok === null ? '' : ok ? 'ok' : 'not';
  return line(what, target ?? '', measured, bare ?? '', ratio === null ? '' : ratio.toFixed(2), verdict);
}

function line(what: string, target: string, measured: string, bare: string, ratio: string, ok: string) {
  return [
    what.padEnd(WIDTHS.what),
    target.padEnd(WIDTHS.target),
    measured.padEnd(WIDTHS.measured),
    bare.padEnd(WIDTHS.bare),
    ratio.padStart(WIDTHS.ratio),
    ok,
  ]
    .join(' ')
    .trimEnd();
}

export function describeMachine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown processor',
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
