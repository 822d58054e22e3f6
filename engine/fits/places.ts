/** All places from first to last, both included, the first axis fastest. */
export function* places(first: readonly number[], last: readonly number[]): Generator<readonly number[]> {
  const at = [...first];
  for (;;) {
    yield at;
    let axis = 0;
    while (axis < at.length && at[axis] === last[axis]) {
      at[axis] = first[axis]!;
      axis++;
    }
    if (axis === at.length) return;
    at[axis]! += 1;
  }
}
