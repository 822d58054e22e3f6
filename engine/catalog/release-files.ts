import { expect, isCount, isObject, isSha256, parseJson } from './parse-json.ts';

/** Of what this program writes and reads. */
export const RELEASE_FILES_VERSION = 1;

/** Every object of a release but its manifest and this list of them, `<catalog>/<release>/files.json`. */
export interface ReleaseFiles {
  readonly version: typeof RELEASE_FILES_VERSION;
  /** `schema.table` */
  readonly catalog: string;
  readonly release: string;
  /** Sorted by path (by UTF-16 code units). */
  readonly files: readonly ReleaseFile[];
}

export interface ReleaseFile {
  /** Relative to the release. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
  /** Of a data file. */
  readonly rows?: number;
  /**
   * Of a data file: SHA-256, hexadecimal, of what it is made from (the columns' description, the version of the layout, the
   * rows' bytes in their order). A file of the same content need not be written again.
   */
  readonly content?: string;
}

/** Key of the list relative to the release. */
export const RELEASE_FILES_PATH = 'files.json';

/** Key of the manifest relative to the release. */
const MANIFEST_PATH = 'manifest.json';

/** @throws CorruptReleaseError naming the key and the member that is wrong. */
export function parseReleaseFiles(key: string, bytes: Uint8Array): ReleaseFiles {
  return parseJson(key, bytes, checkReleaseFiles);
}

function checkReleaseFiles(list: unknown): asserts list is ReleaseFiles {
  expect(isObject(list), 'is not a JSON object');
  expect(
    list.version === RELEASE_FILES_VERSION,
    `has version ${JSON.stringify(list.version)}: ${RELEASE_FILES_VERSION} is understood`,
  );
  for (const name of ['catalog', 'release'])
    expect(typeof list[name] === 'string', `${name} is not a string`);
  expect(Array.isArray(list.files), 'files is not a list');
  list.files.forEach((file, at) => {
    checkFile(file, `files[${at}]`);
  });
  const { files } = list as unknown as ReleaseFiles;
  expect(
    files.every(({ path }, at) => at === 0 || path > files[at - 1]!.path),
    'files are not in ascending order of their paths',
  );
}

function checkFile(file: unknown, where: string): asserts file is ReleaseFile {
  expect(isObject(file), `${where} is not an object`);
  expect(isPath(file.path), `${where}.path is no path below the release`);
  expect(isCount(file.bytes), `${where}.bytes is not a count`);
  expect(isSha256(file.sha256), `${where}.sha256 is not a SHA-256`);
  expect(file.rows === undefined || isCount(file.rows), `${where}.rows is not a count`);
  expect(file.content === undefined || isSha256(file.content), `${where}.content is not a SHA-256`);
}

/** A list that could lead out of its release would be a way to other objects. */
function isPath(path: unknown): boolean {
  if (typeof path !== 'string' || path === RELEASE_FILES_PATH || path === MANIFEST_PATH) return false;
  return path.split('/').every((part) => part !== '' && !part.startsWith('.') && !/[\\\p{Cc}]/u.test(part));
}
