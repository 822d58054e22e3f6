import { SingleBar } from 'cli-progress';
import type { Progress } from '../../catalog-export/progress.ts';

/** Between two lines about the same task where there is no terminal. */
const LINE_MILLISECONDS = 10_000;
const BAR = '{label} {bar} {percentage}% | {value}/{total} {unit} | {rate} {unit}/s | {eta_formatted} left';
const COUNTER = '{label} {value} {unit} | {rate} {unit}/s';

export interface TerminalProgress extends Progress {
  /** Makes room for lines that are written next: the bar goes on below them. */
  clear(): void;
}

/** A bar on a terminal, a line now and then elsewhere. */
export function terminalProgress(stream: NodeJS.WriteStream = process.stderr): TerminalProgress {
  return stream.isTTY ? barProgress(stream) : lineProgress(stream);
}

function barProgress(stream: NodeJS.WriteStream): TerminalProgress {
  let bar: SingleBar | null = null;
  let count = 0;
  let started = 0;
  const rate = () => perSecond((1000 * count) / Math.max(1, Date.now() - started));
  return {
    start(label, total, unit = 'rows') {
      bar?.stop();
      bar = new SingleBar({
        stream,
        format: total > 0 ? BAR : COUNTER,
        formatValue: (value) => value.toLocaleString('en'),
        barsize: 24,
        etaBuffer: 100,
        clearOnComplete: true,
        // An interrupt ends the process at once: leave no setting of the terminal to be restored, and the
        // interrupt to those who have something to end (gracefulExit would swallow it).
        hideCursor: false,
        linewrap: true,
        gracefulExit: false,
      });
      count = 0;
      started = Date.now();
      bar.start(total, 0, { label, unit, rate: '0' });
    },
    advance(rows) {
      count += rows;
      bar?.increment(rows, { rate: rate() });
    },
    clear() {
      stream.cursorTo(0);
      stream.clearLine(0);
    },
    done(message) {
      bar?.stop();
      bar = null;
      if (message) stream.write(`${message}\n`);
    },
  };
}

interface Task {
  readonly label: string;
  /** 0 where that is not known. */
  readonly total: number;
  readonly unit?: string;
}

/** Where a task is, in words. */
export function progressLine({ label, total, unit = 'rows' }: Task, rows: number, seconds: number): string {
  const rate = rows / seconds;
  const of = total > 0 ? ` of ${total.toLocaleString('en')}` : '';
  const left = total > rows ? `, ${duration((total - rows) / rate)} left` : '';
  return `${label}: ${rows.toLocaleString('en')}${of} ${unit}, ${perSecond(rate)} ${unit}/s${left}`;
}

/** Two digits of what is slow: images are not as many as rows. */
function perSecond(rate: number): string {
  return (rate < 10 ? Number(rate.toPrecision(2)) : Math.round(rate)).toLocaleString('en');
}

function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes === 0) return `${Math.ceil(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function lineProgress(stream: NodeJS.WriteStream): TerminalProgress {
  let task = { label: '', total: 0, unit: 'rows', started: 0 };
  let count = 0;
  let written = 0;
  return {
    start(label, total, unit = 'rows') {
      written = Date.now();
      task = { label, total, unit, started: written };
      count = 0;
    },
    advance(rows) {
      count += rows;
      if (Date.now() - written < LINE_MILLISECONDS) return;
      written = Date.now();
      stream.write(`${progressLine(task, count, (written - task.started) / 1000)}\n`);
    },
    clear() {},
    done(message) {
      if (message) stream.write(`${message}\n`);
    },
  };
}
