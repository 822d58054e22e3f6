/** Made once: that takes longer than to write a hundred numbers. */
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** `1 row`, `1,871,011 rows` */
export function amount(count: number, what: string): string {
  return `${WHOLE.format(count)} ${what}${Math.round(count) === 1 ? '' : 's'}`;
}

/** `1.3 kB`, `240 kB`, `1,200 MB` */
export function size(bytes: number): string {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${(value < 10 ? TENTHS : WHOLE).format(value)} ${unit}`;
}
