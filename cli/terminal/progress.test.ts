import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import test from 'node:test';
import { terminalProgress } from './progress.ts';

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
  assert.equal(text(), 'Reading rows: 1,500 of 5,000 rows\n');
});

test('on a terminal the bar shows the task and the message stays', () => {
  const { progress, text } = stream(true);
  progress.start('Reading rows', 2000);
  progress.advance(500);
  progress.done('All read');
  assert.match(text(), /Reading rows .*0\/2,000 rows/);
  assert.match(text(), /All read\n$/);
});
