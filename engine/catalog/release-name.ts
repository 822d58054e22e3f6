const RELEASE_NAME = /^(\d{4}-\d{2}-\d{2})(?:\.(\d+))?$/;

/** `YYYY-MM-DD` or `YYYY-MM-DD.n` */
export function isReleaseName(name: unknown): name is string {
  return typeof name === 'string' && RELEASE_NAME.test(name);
}

/** The day of a release, and its number among those of that day. */
export function releaseDay(name: string): { day: string; number: number } {
  const [, day, number] = RELEASE_NAME.exec(name)!;
  return { day: day!, number: Number(number ?? 0) };
}

/** The order in which releases are made: negative where `a` comes before `b`. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [releaseDay(a), releaseDay(b)];
  if (left.day !== right.day) return left.day < right.day ? -1 : 1;
  return left.number - right.number;
}
