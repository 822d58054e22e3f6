import { type BenchResults, cells, described, type Row, type SectionResults } from './report.ts';

const HEAD = ['what', 'target', 'measured', 'bare', 'ratio (of rounds)', ''];

/** When and where, and a table for each catalogue and for what is of none. */
export function markdown(runs: readonly BenchResults[]): string {
  const blocks = [runs.map((run) => `${described(run)}.`).join('\n')];
  for (const [title, rows] of rowsByTitle(runs)) {
    blocks.push(`**${title}**`, table(HEAD, rows.map(cells)));
  }
  return blocks.join('\n\n');
}

/** What has a target: a line of it for all catalogues, and one sentence about what is of none. */
export function shortMarkdown(runs: readonly BenchResults[]): string {
  const ofCatalogs = withSections(runs, ({ catalog }) => catalog !== null);
  const titles = [...rowsByTitle(ofCatalogs)].map(
    ([title, rows]) => [title.split(':')[0]!, new Map(rows.map((row) => [row.what, row]))] as const,
  );
  const lines = new Map<string, string[]>();
  for (const [, rows] of titles) {
    for (const { what, target } of rows.values()) {
      if (target === null || lines.has(what)) continue;
      lines.set(what, [what, target, ...titles.map(([, of]) => result(of.get(what)))]);
    }
  }
  const blocks = [table(['what', 'target', ...titles.map(([name]) => name)], [...lines.values()])];
  for (const [title, rows] of rowsByTitle(withSections(runs, ({ catalog }) => catalog === null))) {
    const ratios = rows.map(({ ratio }) => ratio).filter((ratio) => ratio !== null);
    const [least, greatest] = [Math.min(...ratios).toFixed(2), Math.max(...ratios).toFixed(2)];
    if (ratios.length > 0)
      blocks.push(`The ${title}, ${ratios.length} figures: ${least} to ${greatest} (${rows[0]!.target}).`);
  }
  return blocks.join('\n\n');
}

function withSections(
  runs: readonly BenchResults[],
  wanted: (section: SectionResults) => boolean,
): BenchResults[] {
  return runs.map((run) => ({ ...run, sections: run.sections.filter(wanted) }));
}

/** Of a section that was measured more than once, the rows of the last time. */
function rowsByTitle(runs: readonly BenchResults[]): Map<string, Row[]> {
  const titles = new Map<string, Map<string, readonly Row[]>>();
  for (const { section, title, rows } of runs.flatMap(({ sections }) => sections)) {
    const sections = titles.get(title) ?? new Map<string, readonly Row[]>();
    titles.set(title, sections.set(section, rows));
  }
  return new Map([...titles].map(([title, sections]) => [title, [...sections.values()].flat()]));
}

/** A ratio is said where it is what the target is about: that of turns. */
function result(row: Row | undefined): string {
  if (row === undefined) return '';
  const { measured, ratio, spread, ok } = row;
  const first = spread && ratio !== null ? `${ratio.toFixed(2)}: ` : '';
  return `${first}${measured}${ok === false ? '; not met' : ''}`;
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (texts: readonly string[]) =>
    `|${texts.map((text) => (text === '' ? ' ' : ` ${text} `)).join('|')}|`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...lines.map(line)].join('\n');
}
