import { DOUBLE } from '../check/value-type.ts';
import type { AdqlFunction, Parameter } from './function.ts';

const x: Parameter = { name: 'x', type: 'DOUBLE PRECISION' };
const y: Parameter = { name: 'y', type: 'DOUBLE PRECISION' };
const places: Parameter = { name: 'n', type: 'INTEGER', optional: true };
const text: Parameter = { name: 'text', type: 'VARCHAR' };

function numeric(name: string, parameters: readonly Parameter[], description: string): AdqlFunction {
  return { name, parameters, result: DOUBLE, description };
}

function sameUnit(name: string, parameters: readonly Parameter[], description: string): AdqlFunction {
  return { ...numeric(name, parameters, description), keepsUnit: true };
}

/** ADQL 2.1 §2.3 */
const MATHEMATICS: readonly AdqlFunction[] = [
  sameUnit('ABS', [x], 'Absolute value'),
  sameUnit('CEILING', [x], 'Smallest integer that is not less than x'),
  numeric('DEGREES', [x], 'Radians to degrees'),
  numeric('EXP', [x], 'e to the power of x'),
  sameUnit('FLOOR', [x], 'Largest integer that is not greater than x'),
  numeric('LOG', [x], 'Natural logarithm'),
  numeric('LOG10', [x], 'Logarithm to base 10'),
  numeric('MOD', [x, y], 'Remainder of x / y, with the sign of x'),
  numeric('PI', [], 'The number π'),
  numeric('POWER', [x, y], 'x to the power of y'),
  numeric('RADIANS', [x], 'Degrees to radians'),
  numeric('RAND', [{ ...x, optional: true }], 'Random number between 0 and 1; the argument has no effect'),
  sameUnit('ROUND', [x, places], 'x rounded to n decimal places, 0 if not given'),
  numeric('SQRT', [x], 'Positive square root'),
  sameUnit('TRUNCATE', [x, places], 'x cut to n decimal places, 0 if not given'),
];

/** ADQL 2.1 §2.3 and appendix A (COT), angles in radians. */
const TRIGONOMETRY: readonly AdqlFunction[] = [
  numeric('ACOS', [x], 'Arc cosine, 0 to π'),
  numeric('ASIN', [x], 'Arc sine, -π/2 to π/2'),
  numeric('ATAN', [x], 'Arc tangent, -π/2 to π/2'),
  numeric('ATAN2', [y, x], 'Arc tangent of y / x, -π to π'),
  numeric('COS', [x], 'Cosine'),
  numeric('COT', [x], 'Cotangent'),
  numeric('SIN', [x], 'Sine'),
  numeric('TAN', [x], 'Tangent'),
];

/** ADQL 2.1 §4.4 */
const STRINGS: readonly AdqlFunction[] = [
  { name: 'LOWER', parameters: [text], result: 0, description: 'Text in small letters' },
  { name: 'UPPER', parameters: [text], result: 0, description: 'Text in capitals' },
];

/** The functions of the standard that are called like any other; COALESCE and geometry have types of their own. */
export const STANDARD_FUNCTIONS: readonly AdqlFunction[] = [...MATHEMATICS, ...TRIGONOMETRY, ...STRINGS];
