import assert from 'node:assert/strict';
import test from 'node:test';
import { markdown, shortMarkdown } from './markdown.ts';
import { type BenchResults, describeMachine, type Row } from './report.ts';

const row = (what: string, ratio: number): Row => ({
  what,
  target: '≥ 0.4',
  measured: '10 /s',
  bare: null,
  ratio,
  spread: [ratio - 0.1, ratio + 0.1],
  ok: ratio >= 0.4,
  values: {},
});

const run = (
  date: string,
  section: string,
  title: string,
  rows: Row[],
  catalog: string | null = title,
): BenchResults => ({
  date,
  machine: describeMachine(),
  options: {},
  sections: [{ section, catalog, title, loadBefore: 0, rows }],
});

test('results as Markdown: a table for each catalogue, a section from its latest run', () => {
  const text = markdown([
    run('2026-11-21T10:00', 'cones', 'demo', [row('cones', 0.3)]),
    run('2026-11-21T11:00', 'bytes', 'demo', [row('bytes', 0.5)]),
    run('2026-11-21T12:00', 'cones', 'demo', [row('cones', 0.6)]),
    run('2026-11-21T12:00', 'kernel', 'kernel', [row('hash', 0.9)]),
  ]);
  const tables = text.split(/^\*\*/m).slice(1);
  assert.equal(tables.length, 2);
  assert.match(tables[0]!, /^demo\*\*\n\n\| what .*\n(\|---)+\|/);
  assert.match(tables[0]!, /\| cones \| ≥ 0.4 \| 10 \/s \| \| 0.60 \(0.50–0.70\) \| ok \|\n\| bytes /);
  assert.doesNotMatch(text, /0\.30/);
  assert.match(text, /2026-11-21T10:00: .*\n2026-11-21T11:00: /);
});

test('the short table: catalogues side by side, and only what has a target', () => {
  const informative: Row = { ...row('CPU time', 2), target: null, ok: null };
  const text = shortMarkdown([
    run('2026-11-21T10:00', 'cones', 'demo: 3 stars', [row('cones', 0.5), informative]),
    run('2026-11-21T10:00', 'cones', 'tycho2: 9 stars', [row('cones', 0.3), row('more', 0.7)]),
    run('2026-11-21T10:00', 'kernel', 'kernel', [row('hash', 0.9), row('ranges', 0.6)], null),
  ]);
  assert.equal(
    text,
    [
      '| what | target | demo | tycho2 |',
      '|---|---|---|---|',
      '| cones | ≥ 0.4 | 0.50: 10 /s | 0.30: 10 /s; not met |',
      '| more | ≥ 0.4 | | 0.70: 10 /s |',
      '',
      'The kernel, 2 figures: 0.60 to 0.90 (≥ 0.4).',
    ].join('\n'),
  );
});
