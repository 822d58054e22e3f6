import type { Keywords } from './keywords.ts';
import { utcOf } from './leap-seconds.ts';

/** MJD in UTC, and seconds. */
export interface Times {
  readonly t_min: number | null;
  readonly t_max: number | null;
  readonly t_exptime: number | null;
}

const DAY = 86_400;
const MILLISECONDS = 86_400_000;
/** Of 1970-01-01. */
const UNIX_EPOCH = 40_587;

const EXPOSURES = ['EXPTIME', 'XPOSURE', 'EXPOSURE', 'TEXPTIME', 'EXPTOT', 'TELAPSE', 'ONTIME', 'ITIME'];
const TIMES_OF_DAY = ['TIME-OBS', 'UTC-OBS', 'UT', 'UTC', 'UTSTART', 'UT-START', 'TIME-BEG', 'TAIHMS'];

/**
 * When an image was taken, from the keywords of FITS 4.0 §9 and the usual ones before it. Where the header has a day and no time of
 * day, any moment of that day.
 */
export function timesOf(keywords: Keywords): Times {
  const system = keywords.text('TIMESYS') ?? 'UTC';
  const t_exptime = exposure(keywords);
  const days = t_exptime === null ? null : t_exptime / DAY;
  const begin = first(keywords, system, ['MJD-BEG', 'DATE-BEG', 'MJD-OBS', 'DATE-OBS', 'DATE_OBS']);
  const end = first(keywords, system, ['MJD-END', 'DATE-END']);
  const middle = first(keywords, system, ['MJD-AVG', 'DATE-AVG']);
  if (begin === null && end === null) {
    if (middle === null) return { t_min: null, t_max: null, t_exptime };
    const half = (days ?? 0) / 2;
    return { t_min: middle.from - half, t_max: middle.to + half, t_exptime };
  }
  const t_min = begin?.from ?? end!.from - (days ?? 0);
  const last = end?.to ?? begin!.to + (begin!.to > begin!.from ? 0 : (days ?? 0));
  return { t_min, t_max: Math.max(t_min, last), t_exptime };
}

/** A moment, or a day of which the moment is not known. */
interface Moment {
  readonly from: number;
  readonly to: number;
}

function first(keywords: Keywords, system: string, names: readonly string[]): Moment | null {
  for (const name of names) {
    const moment = name.startsWith('MJD') ? mjd(keywords.number(name)) : date(keywords, name);
    if (moment !== null) return { from: utcOf(moment.from, system), to: utcOf(moment.to, system) };
  }
  return null;
}

/** Zero is what programs write that do not know it. */
function mjd(value: number | null): Moment | null {
  return value === null || value <= 0 ? null : { from: value, to: value };
}

function date(keywords: Keywords, name: string): Moment | null {
  const text = keywords.text(name);
  if (text === null) return null;
  const begins = name === 'DATE-OBS' || name === 'DATE_OBS' || name === 'DATE-BEG';
  const moment = momentOf(text, begins ? timeOfDay(keywords) : null);
  if (moment === null) keywords.note(`${name} = '${text}' is no date`);
  return moment;
}

function timeOfDay(keywords: Keywords): number | null {
  for (const name of TIMES_OF_DAY) {
    const text = keywords.text(name);
    const day = text === null ? null : dayFraction(text);
    if (day !== null) return day;
  }
  return null;
}

/** `2013-05-05T04:09:39.5`, `2013-05-05`, and the form before 1999, `29/11/51` (FITS 4.0 §4.4.2.1). */
function momentOf(text: string, time: number | null): Moment | null {
  const modern = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](.+?)Z?)?$/.exec(text.trim());
  const old = /^(\d\d)\/(\d\d)\/(\d\d)$/.exec(text.trim());
  if (modern === null && old === null) return null;
  const [year, month, day] = modern
    ? [Number(modern[1]), Number(modern[2]), Number(modern[3])]
    : [1900 + Number(old![3]), Number(old![2]), Number(old![1])];
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return null;
  const start = midnight.getTime() / MILLISECONDS + UNIX_EPOCH;
  if (modern?.[4] !== undefined) {
    const within = dayFraction(modern[4]);
    return within === null ? null : { from: start + within, to: start + within };
  }
  if (time !== null) return { from: start + time, to: start + time };
  return { from: start, to: start + 1 };
}

/** Of `04:09:39.5`; the second 60 is a leap second's. */
function dayFraction(text: string): number | null {
  const parts = /^(\d\d?):(\d\d)(?::(\d\d(?:\.\d*)?))?$/.exec(text.trim());
  if (parts === null) return null;
  const [hours, minutes, seconds] = [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds >= 61) return null;
  return (hours * 3600 + minutes * 60 + seconds) / DAY;
}

/** Plate archives give minutes, and say so in the comment. */
function exposure(keywords: Keywords): number | null {
  for (const name of EXPOSURES) {
    const value = keywords.number(name);
    if (value === null || value < 0) continue;
    return /\bminutes?\b|\[min\]/i.test(keywords.comment(name)) ? value * 60 : value;
  }
  return null;
}

/** MJD of an ISO 8601 date and time in UTC, null where it is none. */
export function mjdOf(text: string): number | null {
  return momentOf(text, 0)?.from ?? null;
}
