import type { Data } from 'apache-arrow';

/** Whether a row is null; null if none of the column is. */
export function nulls({ nullCount, nullBitmap, offset }: Data): ((row: number) => boolean) | null {
  if (nullCount === 0) return null;
  return (row) => ((nullBitmap[(offset + row) >> 3]! >> ((offset + row) & 7)) & 1) === 0;
}

/** `YYYY-MM-DDThh:mm:ss[.fraction]`, UTC (DALI 1.1 §3.3.3), of microseconds since 1970. */
export function timestampText(microseconds: bigint): string {
  const fraction = BigInt.asUintN(64, ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n);
  const seconds = (microseconds - fraction) / 1_000_000n;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -'.000Z'.length);
  return fraction === 0n ? whole : `${whole}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
}
