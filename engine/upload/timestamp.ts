const TIMESTAMP =
  /^\s*(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]00:?00)?\s*$/;

/**
 * Microseconds since 1970 of a time as DALI 1.1 §3.3.3 and ISO 8601 write it, in UTC; what is finer is cut off.
 * @throws Error where it is none.
 */
export function microsecondsOf(text: string): bigint {
  const [, date, minutes = '00:00', seconds = '00', fraction = ''] = TIMESTAMP.exec(text) ?? [];
  const milliseconds = date === undefined ? Number.NaN : Date.parse(`${date}T${minutes}:${seconds}Z`);
  // Date.parse takes February 30th for March 2nd.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).getUTCDate() !== Number(date!.slice(8)))
    throw new Error(`"${text}", which is no time such as 2014-01-05T12:30:00.5`);
  return BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}
