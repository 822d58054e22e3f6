import type { ValueType } from '../check/value-type.ts';

/** Types of ADQL 2.1 §3 as signatures name them; GEOMETRY stands for each of the geometries. */
export type ParameterType =
  | 'INTEGER'
  | 'BIGINT'
  | 'DOUBLE PRECISION'
  | 'VARCHAR'
  | 'TIMESTAMP'
  | 'POINT'
  | 'GEOMETRY';

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly optional?: true;
}

/** A way to call a function. Several of one name differ in their parameters. */
export interface AdqlFunction {
  /** Names are the same in capitals and small letters. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** The number of a parameter, from 0, stands for its type. */
  readonly result: ValueType | number;
  /** Whether the result has the unit of the first argument. */
  readonly keepsUnit?: true;
  readonly description: string;
}

/** `name(parameter TYPE, …) -> TYPE` (ADQL 2.1 §4.3.2). */
export function signature({ name, parameters, result }: AdqlFunction): string {
  const given = parameters.map((parameter) => `${parameter.name} ${parameter.type}`).join(', ');
  return `${name}(${given}) -> ${typeof result === 'number' ? parameters[result]!.type : typeName(result)}`;
}

/** The name that ADQL 2.1 §3 gives to a type of VOTable. */
function typeName({ family, datatype }: ValueType): string {
  if (family === 'text') return 'VARCHAR';
  if (family === 'integer') return datatype === 'long' ? 'BIGINT' : 'INTEGER';
  return family === 'real' ? 'DOUBLE PRECISION' : family.toUpperCase();
}
