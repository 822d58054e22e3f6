/** What is going on: one line at the foot of a terminal, lines of their own elsewhere. */
export interface StatusLine {
  show(text: string): void;
  /** Makes place for what is printed. */
  clear(): void;
}

const CLEAR = '\r\x1b[K';

export function statusLine(stream: NodeJS.WriteStream = process.stderr): StatusLine {
  if (!stream.isTTY) return { show: (text) => stream.write(`  … ${text}\n`), clear() {} };
  return {
    show: (text) => stream.write(`${CLEAR}  … ${text.slice(0, stream.columns - 5)}`),
    clear: () => stream.write(CLEAR),
  };
}
