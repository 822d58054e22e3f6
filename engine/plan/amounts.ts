/** `1 row`, `1,871,011 rows` */
export function amount(count: number, what: string): string {
  return `${Math.round(count).toLocaleString('en')} ${what}${Math.round(count) === 1 ? '' : 's'}`;
}

/** `0.2 MB`, `1,200 MB` */
export function megabytes(bytes: number): string {
  const size = bytes / 1e6;
  return `${size.toLocaleString('en', { maximumFractionDigits: size < 10 ? 1 : 0 })} MB`;
}
