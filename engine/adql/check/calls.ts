import { AdqlCheckError } from '../errors.ts';
import { type AdqlFunction, type ParameterType, signature } from '../functions/function.ts';
import type { Expression, FunctionCall } from '../syntax-tree.ts';
import { combinedUnit } from '../units/unit.ts';
import { suggestion } from './names.ts';
import { refuseZero } from './operators.ts';
import { described, isGeometry, isInteger, isNumber, type ValueType } from './value-type.ts';

const TAKES: Readonly<Record<ParameterType, { accepts: (type: ValueType) => boolean; wants: string }>> = {
  INTEGER: { accepts: isInteger, wants: 'an integer' },
  BIGINT: { accepts: isInteger, wants: 'an integer' },
  'DOUBLE PRECISION': { accepts: isNumber, wants: 'a number' },
  VARCHAR: { accepts: ({ family }) => family === 'text' || family === 'null', wants: 'a text' },
  TIMESTAMP: {
    accepts: ({ family }) => family === 'timestamp' || family === 'text' || family === 'null',
    wants: 'a timestamp',
  },
  POINT: { accepts: ({ family }) => family === 'point' || family === 'null', wants: 'a point' },
  GEOMETRY: { accepts: isGeometry, wants: 'a geometry' },
};

/**
 * The type of a function's result.
 * @throws AdqlCheckError for an unknown function, or arguments that it does not take
 */
export function callType(
  call: FunctionCall,
  given: readonly ValueType[],
  functions: readonly AdqlFunction[],
): ValueType {
  const upper = call.name.toUpperCase();
  const forms = functions.filter(({ name }) => name.toUpperCase() === upper);
  if (forms.length === 0) {
    const hint = suggestion(call.name, [...functions.map(({ name }) => name), ...OTHERS]);
    throw new AdqlCheckError(`There is no function “${call.name}”${hint}`, call.position);
  }
  const fitting = forms.filter((form) => takesCount(form, given.length));
  if (fitting.length === 0) {
    const ways = forms.map(signature).join(' or ');
    throw new AdqlCheckError(
      `${call.name} does not take ${given.length} argument(s): it is called as ${ways}`,
      call.position,
    );
  }
  const found = fitting.find((form) => firstFault(form, given) < 0);
  if (found !== undefined && upper === 'MOD') refuseZero(call.arguments[1]!);
  if (found !== undefined) return { ...resultType(found, given), ...unitOfPower(call, given[0]) };
  const form = fitting[0]!;
  const fault = firstFault(form, given);
  const { wants } = TAKES[form.parameters[fault]!.type];
  throw new AdqlCheckError(
    `${call.name} takes ${wants} here, not ${described(given[fault]!)}`,
    (call.arguments[fault] as Expression).position,
  );
}

/** Functions whose types are nowhere declared, because no type is enough to tell. */
const OTHERS = [
  'COALESCE',
  'IN_UNIT',
  'CAST',
  'CONTAINS',
  'INTERSECTS',
  'DISTANCE',
  'POINT',
  'CIRCLE',
  'POLYGON',
];

function takesCount({ parameters }: AdqlFunction, count: number): boolean {
  return count <= parameters.length && count >= parameters.filter(({ optional }) => !optional).length;
}

function firstFault({ parameters }: AdqlFunction, given: readonly ValueType[]): number {
  return given.findIndex((type, index) => !TAKES[parameters[index]!.type].accepts(type));
}

/** The unit of a constant power, and of a root. */
function unitOfPower(
  { name, arguments: [, exponent] }: FunctionCall,
  base: ValueType | undefined,
): Partial<ValueType> {
  if (typeof base?.unit !== 'string') return {};
  if (name === 'SQRT') return { unit: combinedUnit(base.unit, 0.5, null, 1) };
  if (name !== 'POWER' || exponent?.kind !== 'number') return {};
  return { unit: combinedUnit(base.unit, Number(exponent.text), null, 1) };
}

function resultType({ result, keepsUnit }: AdqlFunction, given: readonly ValueType[]): ValueType {
  if (typeof result === 'number') return { ...given[result]!, ucd: null };
  return keepsUnit ? { ...result, unit: given[0]!.unit } : result;
}
