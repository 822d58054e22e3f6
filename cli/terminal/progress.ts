import { SingleBar } from 'cli-progress';
import type { Progress } from '../../catalog-export/progress.ts';

/** Between two lines about the same task where there is no terminal. */
const LINE_MILLISECONDS = 10_000;
const BAR = '{label} {bar} {percentage}% | {value}/{total} rows | {rate} rows/s | {eta_formatted} left';
const COUNTER = '{label} {value} rows | {rate} rows/s';

/** A bar on a terminal, a line now and then elsewhere. */
export function terminalProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? barProgress(stream) : lineProgress(stream);
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  let bar: SingleBar | null = null;
  let count = 0;
  let started = 0;
  const rate = () => Math.round((1000 * count) / Math.max(1, Date.now() - started)).toLocaleString('en');
  return {
    start(label, total) {
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
      bar.start(total, 0, { label, rate: '0' });
    },
    advance(rows) {
      count += rows;
      bar?.increment(rows, { rate: rate() });
    },
    done(message) {
      bar?.stop();
      bar = null;
      if (message) stream.write(`${message}\n`);
    },
  };
}

function lineProgress(stream: NodeJS.WriteStream): Progress {
  let task = { label: '', total: 0 };
  let count = 0;
  let written = 0;
  return {
    start(label, total) {
      task = { label, total };
      count = 0;
      written = Date.now();
    },
    advance(rows) {
      count += rows;
      if (Date.now() - written < LINE_MILLISECONDS) return;
      written = Date.now();
      const of = task.total > 0 ? ` of ${task.total.toLocaleString('en')}` : '';
      stream.write(`${task.label}: ${count.toLocaleString('en')}${of} rows\n`);
    },
    done(message) {
      if (message) stream.write(`${message}\n`);
    },
  };
}
