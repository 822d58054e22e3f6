/** SQL that is written twice rather than shared: sharing costs time for each row. */
const SHORT = 300;

/** Whether values are so long that they must not be written several times. */
export function areLong(values: readonly string[]): boolean {
  return values.reduce((sum, { length }) => sum + length, 0) > SHORT;
}
