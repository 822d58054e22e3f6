import type { Command } from 'commander';
import type { Storage } from '../../engine/storage/storage.ts';
import { readSettings } from '../settings.ts';
import { openTarget } from '../target.ts';

/** Which bucket a command works on. */
export interface TargetFlag {
  readonly target?: string;
}

export const TARGET_HELP = `The bucket is .almagest/bucket, or what ALMAGEST_BUCKET or --target says: a folder, or s3://bucket/prefix with AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION and, for R2, MinIO and others, AWS_ENDPOINT_URL.`;

export function addTargetOption(command: Command): Command {
  return command.option('--target <bucket>', 'a folder, or s3://bucket/prefix (default: ALMAGEST_BUCKET)');
}

/** @throws Error saying what is wrong with the address, or which variable is missing. */
export function bucketOf({ target }: TargetFlag): Storage {
  return openTarget(target ?? readSettings().bucket);
}
