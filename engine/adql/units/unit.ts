import { knownUnit } from './known-units.ts';

/** A unit: a number times symbols to powers. */
interface Unit {
  readonly scale: number;
  /** Exponents of symbols, in the order in which they are written. */
  readonly symbols: ReadonlyMap<string, number>;
}

const PLAIN: Unit = { scale: 1, symbols: new Map() };
/** A number or a symbol, a parenthesis, or one of the signs between them. */
const TOKEN = /\d+(?:\.\d+)?|[A-Za-z]+|%|\*\*|[./()+ -]/y;
/** No unit needs more; the parser recurses for each. */
const DEEPEST = 20;

/** The unit that a text means (VOUnits 1.0 appendix C, without its functions); null if it is none. */
function parseUnit(text: string): Unit | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) tokens.push(match[0]);
  if (tokens.join('') !== text || tokens.filter((token) => token === '(').length > DEEPEST) return null;
  let next = 0;
  const take = (token: string) => tokens[next] === token && next++ >= 0;

  const integer = (): number | null => {
    const sign = take('-') ? -1 : 1;
    if (sign === 1) take('+');
    return /^\d+$/.test(tokens[next] ?? '') ? sign * Number(tokens[next++]) : null;
  };
  const exponent = (): number | null => {
    if (!take('**')) return 1;
    if (!take('(')) return integer();
    const top = integer();
    const bottom = take('/') ? integer() : 1;
    return top === null || bottom === null || !take(')') ? null : top / bottom;
  };
  const factor = (): Unit | null => {
    let unit: Unit | null = null;
    const token = tokens[next] ?? '';
    if (take('(')) {
      unit = quotient();
      if (!take(')')) return null;
    } else if (knownUnit(token) !== null) {
      next++;
      unit = { scale: 1, symbols: new Map([[token, 1]]) };
    }
    const power = exponent();
    return unit === null || power === null ? null : raised(unit, power);
  };
  const quotient = (): Unit | null => {
    let unit = factor();
    while (unit !== null && take('.')) unit = product(unit, factor());
    return unit !== null && take('/') ? product(unit, inverse(factor())) : unit;
  };
  const scale = (): Unit | null => {
    if (!/^\d/.test(tokens[next] ?? '')) return PLAIN;
    const number = Number(tokens[next++]);
    const power = exponent();
    while (take(' '));
    return power === null ? null : { scale: number ** power, symbols: PLAIN.symbols };
  };

  const unit = product(scale(), quotient());
  return next === tokens.length ? unit : null;
}

function product(a: Unit | null, b: Unit | null): Unit | null {
  if (a === null || b === null) return null;
  const symbols = new Map(a.symbols);
  for (const [symbol, power] of b.symbols) symbols.set(symbol, (symbols.get(symbol) ?? 0) + power);
  return { scale: a.scale * b.scale, symbols };
}

function raised({ scale, symbols }: Unit, power: number): Unit {
  return {
    scale: scale ** power,
    symbols: new Map([...symbols].map(([symbol, exponent]) => [symbol, exponent * power])),
  };
}

function inverse(unit: Unit | null): Unit | null {
  return unit && raised(unit, -1);
}

/** Whether a text is a unit of VOUnits 1.0. */
export function isUnit(text: string): boolean {
  return parseUnit(text) !== null;
}

/** The number to multiply a value by to convert it; null if the units measure different things, or one is none. */
export function conversionFactor(from: string, to: string): number | null {
  const quotient = product(parseUnit(from), inverse(parseUnit(to)));
  if (quotient === null) return null;
  let factor = quotient.scale;
  const bases = new Map<string, number>();
  for (const [symbol, power] of quotient.symbols) {
    const unit = knownUnit(symbol)!;
    factor *= unit.factor ** power;
    for (const [base, exponent] of Object.entries(unit.bases)) {
      bases.set(base, (bases.get(base) ?? 0) + exponent * power);
    }
  }
  return [...bases.values()].every((exponent) => Math.abs(exponent) < 1e-9) ? factor : null;
}

/** The unit of a product of powers of two units, such as a / b; null if it has none or one of them is none. */
export function combinedUnit(a: string, powerOfA: number, b: string | null, powerOfB: number): string | null {
  const [left, right] = [parseUnit(a), b === null ? PLAIN : parseUnit(b)];
  if (left === null || right === null) return null;
  const { scale, symbols } = product(raised(left, powerOfA), raised(right, powerOfB))!;
  const terms = [...symbols].filter(([, power]) => power !== 0);
  if (scale !== 1 || terms.length === 0 || terms.some(([, power]) => !Number.isInteger(power))) return null;
  return terms.map(([symbol, power]) => (power === 1 ? symbol : `${symbol}**${power}`)).join('.');
}
