import { AdqlCheckError } from '../errors.ts';
import type { InUnit } from '../syntax-tree.ts';
import { conversionFactor, isUnit } from '../units/unit.ts';
import { DOUBLE, described, isNumber, type ValueType } from './value-type.ts';

/**
 * The type of a value in another unit (ADQL 2.1 §4.9.1).
 * @throws AdqlCheckError if the value has no unit, or none that converts to the one wanted
 */
export function inUnitType({ operand, unit }: InUnit, type: ValueType): ValueType {
  if (!isNumber(type)) {
    throw new AdqlCheckError(`IN_UNIT converts numbers, not ${described(type)}`, operand.position);
  }
  if (!isUnit(unit.text)) {
    throw new AdqlCheckError(
      `“${unit.text}” is no unit of VOUnits, such as deg, mas/yr or erg.s**-1`,
      unit.position,
    );
  }
  if (type.family === 'null') return { ...DOUBLE, unit: unit.text };
  if (type.unit === null)
    throw new AdqlCheckError('This has no unit that could be converted', operand.position);
  if (conversionFactor(type.unit, unit.text) === null) {
    throw new AdqlCheckError(`${type.unit} does not convert to ${unit.text}`, unit.position);
  }
  return { ...DOUBLE, unit: unit.text, ucd: type.ucd };
}
