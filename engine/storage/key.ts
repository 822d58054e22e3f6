/** Names that begin with a dot are a folder's writes under way: neither keys nor listed. */
export const HIDDEN = '.';

/**
 * The parts of a key between its slashes.
 * @throws Error where one is no plain name: such a key could mean something outside of the storage.
 */
export function keyParts(key: string): string[] {
  const parts = key.split('/');
  for (const part of parts) {
    if (part === '' || part.startsWith(HIDDEN) || /[\\\0]/.test(part)) {
      throw new Error(`"${key}" is not a storage key: each part between slashes needs a plain name`);
    }
  }
  return parts;
}
