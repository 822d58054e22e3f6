/** HTTP status of a request that cannot be answered because of the request. */
export type RequestStatus = 400 | 404 | 405 | 410 | 413 | 414 | 415;

/** The client asked for something that cannot be: the message says what, and what would be right. */
export class RequestError extends Error {
  readonly status: RequestStatus;

  constructor(status: RequestStatus, message: string) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
  }
}

/** So many do the same already that there is no room for one more just now. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

/** A value from a request as an error message shows it: in quotes, on one line, at most 40 characters. */
export function quoted(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ');
  return `"${line.length > 40 ? `${line.slice(0, 40)}…` : line}"`;
}
