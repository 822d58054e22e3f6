/** MJD (UTC) from which TAI − UTC has so many seconds (IERS Bulletin C; none was announced since). */
const TAI_MINUS_UTC: readonly (readonly [mjd: number, seconds: number])[] = [
  [41317, 10],
  [41499, 11],
  [41683, 12],
  [42048, 13],
  [42413, 14],
  [42778, 15],
  [43144, 16],
  [43509, 17],
  [43874, 18],
  [44239, 19],
  [44786, 20],
  [45151, 21],
  [45516, 22],
  [46247, 23],
  [47161, 24],
  [47892, 25],
  [48257, 26],
  [48804, 27],
  [49169, 28],
  [49534, 29],
  [50083, 30],
  [50630, 31],
  [51179, 32],
  [53736, 33],
  [54832, 34],
  [56109, 35],
  [57204, 36],
  [57754, 37],
];

const DAY = 86_400;

/** Seconds that a time scale of FITS (paper IV, Table 2) is ahead of TAI; those of UTC's kin are not here. */
const AHEAD_OF_TAI: Readonly<Record<string, number>> = {
  TAI: 0,
  IAT: 0,
  GPS: -19,
  TT: 32.184,
  TDT: 32.184,
  ET: 32.184,
  // Within 2 ms of TT, as far as TDB goes.
  TDB: 32.184,
};

/** An MJD in UTC from one in the time scale that TIMESYS names; one that is not known here is taken for UTC. Before 1972 nothing is changed. */
export function utcOf(mjd: number, timeSystem: string): number {
  const ahead = AHEAD_OF_TAI[timeSystem.trim().toUpperCase().split('(')[0]!];
  const first = TAI_MINUS_UTC[0]![0];
  if (ahead === undefined || mjd < first) return mjd;
  const leap = TAI_MINUS_UTC.findLast(([from]) => mjd >= from)![1];
  return mjd - (ahead + leap) / DAY;
}
