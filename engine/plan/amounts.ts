/** `1 row`, `1,871,011 rows` */
export function amount(count: number, what: string): string {
  return `${Math.round(count).toLocaleString('en')} ${what}${Math.round(count) === 1 ? '' : 's'}`;
}

/** `1.3 kB`, `240 kB`, `1,200 MB` */
export function size(bytes: number): string {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })} ${unit}`;
}
