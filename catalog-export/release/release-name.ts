import { compareReleases, isReleaseName, releaseDay } from '../../engine/catalog/release-name.ts';

/** Milliseconds: so far ahead of UTC's may the day be that somebody means with "today". */
const DAY = 86_400_000;

/**
 * The name of a release that is made now: later than all that the catalogue has had, whatever the clock says, so that the order
 * of names is that in which releases were made. `YYYY-MM-DD` (UTC), with `.1`, `.2`… on further ones of a day.
 * @param existing names that are taken, be it by a release that was never finished or is gone: its files may lie in someone's cache.
 */
export function nextReleaseName(existing: readonly string[], date: Date): string {
  const today = date.toISOString().slice(0, 10);
  const last = lastRelease(existing);
  if (last === null || releaseDay(last).day < today) return today;
  const { day, number } = releaseDay(last);
  return `${day}.${number + 1}`;
}

/**
 * Checks the name that somebody gives to a release.
 * @throws Error saying which names could be given.
 */
export function checkReleaseName(name: string, existing: readonly string[], date: Date): void {
  const next = nextReleaseName(existing, date);
  const refuse = (problem: string): never => {
    throw new Error(
      `the release cannot be named ${name}: ${problem}; ${next} would do, the name that it gets by itself`,
    );
  };
  if (!isReleaseName(name) || Number.isNaN(Date.parse(releaseDay(name).day))) {
    refuse('a name is a day and may have a number, such as 2026-11-20 or 2026-11-20.1');
  }
  if (existing.includes(name)) refuse('there is, or was, a release of that name');
  const last = lastRelease(existing);
  if (last !== null && compareReleases(name, last) < 0)
    refuse(`releases go forward, and the last is ${last}`);
  // A name far ahead would give its day to all releases after it.
  if (Date.parse(releaseDay(name).day) > date.getTime() + DAY) refuse('that day is still to come');
}

/** What to say where the clock has gone backwards since the last release; null where it has not. */
export function clockWarning(existing: readonly string[], date: Date): string | null {
  const today = date.toISOString().slice(0, 10);
  const last = lastRelease(existing);
  if (last === null || releaseDay(last).day <= today) return null;
  return (
    `the clock says ${today}, which is before the last release, ${last}: ` +
    'the new one is numbered after that one; set the clock right'
  );
}

function lastRelease(existing: readonly string[]): string | null {
  return existing.toSorted(compareReleases).at(-1) ?? null;
}
