import { resolve } from 'node:path';
import { folderStorage } from '../engine/storage/folder.ts';
import { s3Storage } from '../engine/storage/s3.ts';
import { isS3Address, s3Location } from '../engine/storage/s3-location.ts';
import type { Storage } from '../engine/storage/storage.ts';

/**
 * The bucket at an address: a folder, or `s3://bucket/prefix` with the AWS_* variables of the environment.
 * @throws Error saying what is wrong with the address, or which variable is missing.
 */
export function openTarget(address: string, env: NodeJS.ProcessEnv = process.env): Storage {
  if (isS3Address(address)) return s3Storage(s3Location(address, env));
  return folderStorage(targetFolder(address));
}

/**
 * The folder that an address names, absolute.
 * @throws Error when it names none.
 */
export function targetFolder(address: string, cwd: string = process.cwd()): string {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address) ?? [];
  if (scheme !== undefined) {
    throw new Error(
      `"${address}" is no folder: a bucket is a folder or s3://bucket/prefix (for R2, MinIO and others too, with AWS_ENDPOINT_URL)`,
    );
  }
  return resolve(cwd, address);
}
