import { CorruptReleaseError } from '../errors.ts';

export type Json = Record<string, unknown>;

/** What is wrong with an object, said without naming it. */
class Problem extends Error {}

export function expect(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new Problem(problem);
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
/** 64 hexadecimal digits, lower case. */
export const isSha256 = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/**
 * An object of the bucket that is JSON.
 * @throws CorruptReleaseError naming the key and what `check` does not find.
 */
export function parseJson<T>(key: string, bytes: Uint8Array, check: (json: unknown) => asserts json is T): T {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    check(json);
    return json;
  } catch (error) {
    const problem = error instanceof Problem ? error.message : 'is not JSON';
    throw new CorruptReleaseError(key, `is damaged: ${problem}`, { cause: error });
  }
}
