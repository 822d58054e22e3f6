const NEGATIVE = 0x4000;
const SPECIAL: Record<number, string> = { 49152: 'NaN', 53248: 'Infinity', 61440: '-Infinity' };

/**
 * A `numeric` in PostgreSQL's binary format (numeric_send: digits to the base 10,000) as decimal text: `-1234.5600`, `NaN`.
 */
export function numericText(view: DataView, at: number): string {
  const digits = view.getInt16(at);
  const weight = view.getInt16(at + 2);
  const sign = view.getUint16(at + 4);
  if (SPECIAL[sign] !== undefined) return SPECIAL[sign];
  let text = '';
  for (let power = Math.max(weight, 0); power >= 0; power--) text += group(weight - power);
  const scale = view.getUint16(at + 6);
  let fraction = '';
  for (let power = -1; fraction.length < scale; power--) fraction += group(weight - power);
  const whole = text.replace(/^0+(?=\d)/, '');
  return `${sign === NEGATIVE ? '-' : ''}${whole}${scale > 0 ? `.${fraction.slice(0, scale)}` : ''}`;

  function group(index: number): string {
    const value = index >= 0 && index < digits ? view.getInt16(at + 8 + 2 * index) : 0;
    return String(value).padStart(4, '0');
  }
}
