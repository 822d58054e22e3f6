import { CorruptReleaseError, ReleaseRemovedError, StorageError } from '../engine/errors.ts';
import { CorruptDatasetError } from '../engine/images/read-dataset.ts';
import { TooLongForFormatError } from '../engine/table/held-rows.ts';
import { BusyError, RequestError, type RequestStatus } from './request-error.ts';

/** What a client is told about a request that failed. */
export interface Failure {
  readonly status: RequestStatus | 500 | 503;
  readonly message: string;
}

/** What workerd says of a body whose client hung up, or sent bad chunks; a storage's failures are StorageErrors. */
export const BODY_BROKE_OFF = 'Network connection lost.';

/** Puts an error into words for the client. What is the service's own fault goes to the log: in one line if it is of a known kind. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof RequestError) return { status: error.status, message: error.message };
  if (error instanceof BusyError) {
    return {
      status: 503,
      message: 'As many uploads are read as can be at a time. Please try again in a minute.',
    };
  }
  if (error instanceof TooLongForFormatError) {
    return { status: 400, message: `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.` };
  }
  if (error instanceof StorageError) {
    console.error(`${error.name}: ${error.message}`);
    if (error instanceof ReleaseRemovedError) return { status: 503, message: error.advice };
    return {
      status: 503,
      message: 'The service cannot reach its data just now. Please try again in a minute.',
    };
  }
  if (error instanceof CorruptReleaseError) {
    console.error(`${error.name}: ${error.message}`);
    return { status: 500, message: `The data of this release is damaged: ${error.message}.` };
  }
  if (error instanceof CorruptDatasetError) {
    console.error(`${error.name}: ${error.message}`);
    return { status: 500, message: 'What the service knows of this dataset is damaged.' };
  }
  if (error instanceof Error && error.message === BODY_BROKE_OFF) {
    return { status: 400, message: 'The body of the request broke off.' };
  }
  console.error(error);
  return { status: 500, message: 'The service failed on this request. The fault is in its log.' };
}
