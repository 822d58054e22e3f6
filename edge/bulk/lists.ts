import type { ReleaseFile } from '../../engine/catalog/release-files.ts';
import { fileUrl } from './addresses.ts';

/** Writes which files to download, for a program. */
export interface ListFormat {
  /** Its name in the release. */
  readonly name: string;
  /** What it is for. */
  readonly purpose: string;
  /** @param release address of the dated release. */
  write(files: readonly ReleaseFile[], release: string): string;
}

const DATA_FOLDER = /^(?:catalog\/)?dataset\//;

/** Whether a file has rows of the catalogue itself, not of its margin. */
export function isDataFile({ path, rows }: ReleaseFile): boolean {
  return rows !== undefined && DATA_FOLDER.test(path);
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

export const LIST_FORMATS: readonly ListFormat[] = [
  {
    name: 'SHA256SUMS',
    purpose: 'checksums, for sha256sum -c',
    write: (files) => lines(files.map(({ path, sha256 }) => `${sha256}  ${path}`)),
  },
  {
    name: 'curl.txt',
    purpose: 'addresses and where to save them, for curl -K',
    write: (files, release) =>
      lines(files.map(({ path }) => `url = "${fileUrl(release, path)}"\noutput = "${path}"`)),
  },
  {
    name: 'urls.txt',
    purpose: 'addresses, one a line, for wget -i',
    write: (files, release) => lines(files.map(({ path }) => fileUrl(release, path))),
  },
  {
    name: 'parquet.txt',
    purpose: 'addresses of the Parquet files with the rows, one a line',
    write: (files, release) => lines(files.filter(isDataFile).map(({ path }) => fileUrl(release, path))),
  },
  {
    name: 'aria2.txt',
    purpose: 'addresses, where to save them, and checksums, for aria2c -i',
    write: (files, release) =>
      lines(
        files.map(
          ({ path, sha256 }) => `${fileUrl(release, path)}\n  out=${path}\n  checksum=sha-256=${sha256}`,
        ),
      ),
  },
];
