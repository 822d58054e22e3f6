/** Rows as lines, each column as wide as its widest cell; numbers (`right`) end where the others of their column do. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(...rows.map((row) => width(row[at]))));
  return rows
    .map((row) => {
      const cells = row.map((cell, at) => {
        const gap = ' '.repeat(widths[at]! - width(cell));
        return right.includes(at) ? gap + cell : cell + gap;
      });
      return `${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}

function width(cell = ''): number {
  return [...cell].length;
}
