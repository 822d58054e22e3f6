import { expect, isObject, parseJson } from '../../engine/catalog/parse-json.ts';
import { isReleaseName } from '../../engine/catalog/release-name.ts';
import { CorruptReleaseError } from '../../engine/errors.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { putJson } from './put-json.ts';

const STATE_VERSION = 1;

/**
 * `<catalog>/state.json`: a state of the table, other than that in the manifest, in which it was found to have the rows of a release. So
 * that a table which was written to, but not changed, is read once and not every night.
 */
interface KeptState {
  readonly version: typeof STATE_VERSION;
  readonly release: string;
  readonly state: string;
}

const stateKey = (catalog: string): string => `${catalog}/state.json`;

/**
 * Null where none is kept for the release, or what is kept is damaged: the rows are read then.
 * @throws Error when the bucket cannot be read.
 */
export async function keptState(storage: Storage, catalog: string, release: string): Promise<string | null> {
  const key = stateKey(catalog);
  const bytes = await storage.get(key);
  if (bytes === null) return null;
  try {
    const kept = parseJson(key, bytes, checkState);
    return kept.release === release ? kept.state : null;
  } catch (error) {
    if (error instanceof CorruptReleaseError) return null;
    throw error;
  }
}

/** @throws what the storage throws when it refuses the object. */
export function keepState(storage: Storage, catalog: string, release: string, state: string): Promise<void> {
  const kept: KeptState = { version: STATE_VERSION, release, state };
  return putJson(storage, stateKey(catalog), kept);
}

function checkState(kept: unknown): asserts kept is KeptState {
  expect(isObject(kept) && isReleaseName(kept.release), 'names no release');
  expect(kept.version === STATE_VERSION, `has version ${JSON.stringify(kept.version)}`);
  expect(typeof kept.state === 'string', 'has no state');
}
