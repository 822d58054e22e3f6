import { UploadError, type UploadLimits } from './upload.ts';

const QUOTE = 0x22;
const CR = 0x0d;
const LF = 0x0a;

/** Lines of a file at most for each row that it may have: some are empty. */
const LINES = 2;

/**
 * Looks through a text before it is parsed: of a row whose values are all empty the parser would make an array as long as the file, and of
 * lines without anything as many rows.
 * @throws UploadError
 */
export function refuseEndlessRows(text: string, delimiter: string, { rows, columns }: UploadLimits): void {
  const between = delimiter.charCodeAt(0);
  let values = 1;
  let lines = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (code === between) {
      if (++values > columns) {
        throw new UploadError(
          `row ${lines + 1} has more than ${columns} columns, the most that are taken here`,
          { tooLarge: true },
        );
      }
    } else if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) {
      values = 1;
      if (++lines > LINES * rows) {
        throw new UploadError(`it has more than ${LINES * rows} lines, the most that are taken here`, {
          tooLarge: true,
        });
      }
    }
  }
}

/** How often a delimiter stands in a line. */
export function countOf(delimiter: string, line: string): number {
  let count = 0;
  for (let at = line.indexOf(delimiter); at >= 0; at = line.indexOf(delimiter, at + 1)) count++;
  return count;
}
