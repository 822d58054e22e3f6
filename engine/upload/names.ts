import { UploadError, type UploadLimits } from './upload.ts';

/** Longest name of a column, in characters. */
const LONGEST = 256;

/**
 * The names that a file's columns have in queries: its own, and for one without any `column_<number>`, from 1.
 * @throws UploadError where two are the same, one is too long, or there are none or too many.
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
    places.set(name, at);
  }
  return names;
}
