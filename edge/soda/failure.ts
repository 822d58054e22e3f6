import { FitsError } from '../../engine/fits/errors.ts';
import { describeFailure } from '../failure.ts';
import { RequestError } from '../request-error.ts';

/** The request gives several values of a parameter that takes one here (SODA 1.0 §3.1). */
export class SeveralValuesError extends RequestError {
  constructor(message: string) {
    super(400, message);
  }
}

/** What a client is told about a request that failed: text that begins with one of the words of SODA 1.0 §5.2. */
export interface SodaFailure {
  readonly status: ReturnType<typeof describeFailure>['status'];
  readonly text: string;
}

/** Puts an error into words for the client. */
export function describeSodaFailure(error: unknown): SodaFailure {
  if (error instanceof FitsError) {
    console.error(`${error.name}: ${error.message}`);
    return { status: 500, text: `Error: The file of this dataset cannot be read: ${error.message}.\n` };
  }
  const { status, message } = describeFailure(error);
  return { status, text: `${errorCode(error, status)}: ${message}\n` };
}

function errorCode(error: unknown, status: number): string {
  if (error instanceof SeveralValuesError) return 'MultiValuedParamNotSupported';
  if (status === 503) return 'ServiceUnavailable';
  return status < 500 ? 'UsageError' : 'Error';
}
