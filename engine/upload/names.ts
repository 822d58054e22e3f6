import { UploadError, type UploadLimits } from './upload.ts';

/** Longest name of a column, in characters. */
const LONGEST = 256;

// biome-ignore lint/suspicious/noControlCharactersInRegex: no text of a table has them, files of other kinds do
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/**
 * The names that a file's columns have in queries: its own, and for one without any `column_<number>`, from 1.
 * @throws UploadError where two are the same, one is too long or has control characters in it, or there are none or too many.
 */
export function columnNames(written: readonly string[], limits: UploadLimits): string[] {
  if (written.length === 0) throw new UploadError('it has no columns');
  if (written.length > limits.columns) {
    throw new UploadError(
      `it has ${written.length} columns: ${limits.columns} are the most that are taken here`,
      {
        tooLarge: true,
      },
    );
  }
  const names = written.map((name, at) => name.trim() || `column_${at + 1}`);
  const places = new Map<string, number>();
  for (const [at, name] of names.entries()) {
    const before = places.get(name);
    if (before !== undefined) {
      throw new UploadError(
        `columns ${before + 1} and ${at + 1} are both called “${name.slice(0, LONGEST)}”: give each a name of its own`,
      );
    }
    if (name.length > LONGEST)
      throw new UploadError(
        `the name of column ${at + 1} has ${name.length} characters, ${LONGEST} are the most`,
      );
    if (CONTROL.test(name))
      throw new UploadError(
        `the name of column ${at + 1} has a control character in it, as files have that are no tables`,
      );
    places.set(name, at);
  }
  return names;
}
