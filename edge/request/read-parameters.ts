import { RequestError } from '../request-error.ts';
import type { RawParameters } from './request-parameters.ts';
import type { Parsed } from './values.ts';

/** Reads the parameters of a request one by one, and collects what is wrong with them. */
export interface ParameterReader<Name extends string> {
  /** The value of a parameter; `absent` where it is not given, or is wrong. */
  read<T>(name: Name, absent: T, parse: (text: string) => Parsed<T>): T;
  /** @throws RequestError (400) that names every parameter that is missing, repeated or wrong, and what would be right. */
  refuseFaults(): void;
}

/**
 * A parameter without a value counts as not given (SCS 1.03 §2.1); none may be given twice (DALI 1.1 §3.3).
 * @param names those that are read; others are ignored.
 * @param missing what is wrong already.
 */
export function parameterReader<Name extends string>(
  raw: RawParameters,
  names: readonly Name[],
  missing: readonly string[] = [],
): ParameterReader<Name> {
  const faults = [...missing, ...repeated(raw, names)];
  return {
    read(name, absent, parse) {
      const text = given(raw, name);
      if (text === undefined) return absent;
      const parsed = parse(text);
      if ('value' in parsed) return parsed.value;
      faults.push(`${name} ${parsed.fault}`);
      return absent;
    },
    refuseFaults() {
      if (faults.length > 0) throw new RequestError(400, `${faults.join('. ')}.`);
    },
  };
}

/**
 * The same with each value of a parameter once, and none that is empty. Where a client's library sends what its user's call has set
 * already, as astroquery sends FORMAT and format with a table, no value is in doubt.
 */
export function withoutRepeats(raw: RawParameters): RawParameters {
  return new Map(
    [...raw].map(([name, values]) => [name, [...new Set(values.filter((value) => value.trim() !== ''))]]),
  );
}

/** The value of a parameter, if it has one. */
export function given(raw: RawParameters, name: string): string | undefined {
  return raw.get(name)?.find((text) => text.trim() !== '');
}

function repeated(raw: RawParameters, names: readonly string[]): string[] {
  return names
    .filter((name) => (raw.get(name)?.length ?? 0) > 1)
    .map((name) => `${name} is given ${raw.get(name)!.length} times: give it once`);
}
