import { compareReleases, releaseDay } from '../../engine/catalog/release-name.ts';
import type { ListedRelease } from './list-releases.ts';

/** Which releases of a catalogue are kept beside the latest one and those that are pinned. */
export interface RetentionPolicy {
  /** So many of the newest. */
  readonly keep: number;
  /** Those that were the latest at some time in so many days. */
  readonly keepDays: number;
}

export const DEFAULT_RETENTION: RetentionPolicy = { keep: 3, keepDays: 7 };

/** What a release that is no longer the latest may still be read for, whatever the policy: downloads, and queries under way. */
const GRACE_MILLISECONDS = 3_600_000;

/** So long the next export may resume from what a killed one left. */
const RESUME_DAYS = 7;

const DAY_MILLISECONDS = 86_400_000;

/** What becomes of a release, and why. */
export interface Verdict {
  readonly listed: ListedRelease;
  readonly remove: boolean;
  readonly reason: string;
}

/**
 * Which releases of a catalogue may go.
 * @param releases all of them, oldest first.
 */
export function judgeReleases(
  releases: readonly ListedRelease[],
  policy: RetentionPolicy,
  now: Date,
): Verdict[] {
  const latest = releases.find((listed) => listed.latest) ?? null;
  const finished = releases.filter(({ state }) => state !== 'unfinished');
  const newest = finished.slice(policy.keep === 0 ? finished.length : -policy.keep);
  return releases.map((listed) => {
    const keep = (reason: string): Verdict => ({ listed, remove: false, reason });
    const remove = (reason: string): Verdict => ({ listed, remove: true, reason });
    if (listed.latest) return keep('the latest');
    if (listed.pinned) return keep('pinned');
    if (listed.state === 'unfinished') {
      if (latest && compareReleases(listed.release, latest.release) < 0) return remove('never finished');
      return daysSince(releaseDay(listed.release).day, now) > RESUME_DAYS
        ? remove('never finished')
        : keep('the next export may resume from it');
    }
    if (latest === null) return keep('nothing says which release is the latest');
    if (compareReleases(listed.release, latest.release) > 0) return keep('newer than the latest');
    if (newest.includes(listed)) return keep(`among the ${policy.keep} newest`);
    const replaced = replacedAt(listed, finished);
    if (replaced === null) return keep('nothing says since when it is not the latest');
    const age = now.getTime() - Date.parse(replaced);
    if (age < GRACE_MILLISECONDS) return keep('the latest until a moment ago');
    if (age < policy.keepDays * DAY_MILLISECONDS)
      return keep(`the latest at some time in ${policy.keepDays} days`);
    return remove(`not the latest since ${replaced.slice(0, 10)}`);
  });
}

/** When readers were sent on to a later release. */
function replacedAt(listed: ListedRelease, finished: readonly ListedRelease[]): string | null {
  const next = finished
    .slice(finished.indexOf(listed) + 1)
    .find(({ published, created }) => published ?? created);
  return next?.published ?? next?.created ?? null;
}

function daysSince(day: string, now: Date): number {
  return (now.getTime() - Date.parse(day)) / DAY_MILLISECONDS;
}
