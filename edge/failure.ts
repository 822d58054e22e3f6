import { CorruptReleaseError, StorageError } from '../engine/errors.ts';
import { RequestError, type RequestStatus } from './request-error.ts';

/** What a client is told about a request that failed. */
export interface Failure {
  readonly status: RequestStatus | 500 | 503;
  readonly message: string;
}

/** Puts an error into words for the client; what is the service's own fault also goes to the log, whole. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof RequestError) return { status: error.status, message: error.message };
  console.error(error);
  if (error instanceof StorageError) {
    return {
      status: 503,
      message: 'The service cannot reach its data just now. Please try again in a minute.',
    };
  }
  if (error instanceof CorruptReleaseError) {
    return { status: 500, message: `The data of this release is damaged: ${error.message}.` };
  }
  return { status: 500, message: 'The service failed on this request. The fault is in its log.' };
}
