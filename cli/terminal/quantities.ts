const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `12.3 GB`, in powers of 1000 as disks are sold and S3 is paid. */
export function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(count) / 3 + 1e-9));
  const value = count / 1000 ** power;
  return `${value.toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}

/** `1 row`, `12,345 rows` */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
