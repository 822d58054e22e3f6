import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { progressLine, terminalProgress } from './progress.ts';

/** A stream that keeps what is written to it. */
function stream(isTTY: boolean) {
  const chunks: Buffer[] = [];
  const written = Object.assign(new PassThrough(), { isTTY, columns: 120, cursorTo() {}, clearLine() {} });
  written.on('data', (chunk) => chunks.push(chunk));
  return {
    progress: terminalProgress(written as unknown as NodeJS.WriteStream),
    text: () => Buffer.concat(chunks).toString(),
  };
}

test('without a terminal only lines that stay are written', () => {
  const { progress, text } = stream(false);
  progress.start('Reading rows', 1000);
  progress.advance(1000);
  progress.done();
  progress.start('Writing', 0);
  progress.done('Exported survey.stars: 1,000 rows');
  assert.equal(text(), 'Exported survey.stars: 1,000 rows\n');
});

test('without a terminal a long task tells now and then how far it is', (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const { progress, text } = stream(false);
  progress.start('Reading rows', 5000);
  progress.advance(1000);
  t.mock.timers.tick(10_000);
  progress.advance(500);
  progress.advance(500);
  progress.done();
  assert.equal(text(), 'Reading rows: 1,500 of 5,000 rows, 150 rows/s, 24 s left\n');
});

test('on a terminal the bar shows the task and the message stays', () => {
  const { progress, text } = stream(true);
  progress.start('Reading rows', 2000);
  progress.advance(500);
  progress.done('All read');
  assert.match(text(), /Reading rows .*0\/2,000 rows/);
  assert.match(text(), /All read\n$/);
});

test('a line tells how far a task is, how fast, and how long it will take', () => {
  const task = { label: 'Reading rows of survey.stars', total: 1_000_000 };
  const head = 'Reading rows of survey.stars: ';
  assert.equal(
    progressLine(task, 250_000, 10),
    `${head}250,000 of 1,000,000 rows, 25,000 rows/s, 1 min left`,
  );
  assert.equal(progressLine(task, 900_000, 10), `${head}900,000 of 1,000,000 rows, 90,000 rows/s, 2 s left`);
  assert.equal(progressLine(task, 100, 10), `${head}100 of 1,000,000 rows, 10 rows/s, 27 h 47 min left`);
});

test('other things than rows are counted too, and may be slow', () => {
  const task = { label: 'Adding images', total: 40, unit: 'files' };
  assert.equal(progressLine(task, 10, 40), 'Adding images: 10 of 40 files, 0.25 files/s, 2 min left');
});

test('where the number of rows was not known, or was wrong, nothing is said of the rest', () => {
  assert.equal(progressLine({ label: 'Reading', total: 0 }, 500, 10), 'Reading: 500 rows, 50 rows/s');
  assert.equal(
    progressLine({ label: 'Reading', total: 400 }, 500, 10),
    'Reading: 500 of 400 rows, 50 rows/s',
  );
});
