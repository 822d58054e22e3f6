/** The bucket could not be read: the service is at fault, and the same request may succeed later. */
export class StorageError extends Error {
  override readonly name: string = 'StorageError';
  readonly key: string;

  constructor(key: string, cause: unknown) {
    super(`cannot read ${key} from the bucket: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.key = key;
  }
}

/** A release was removed while it was being read: a later one is there. */
export class ReleaseRemovedError extends StorageError {
  override readonly name = 'ReleaseRemovedError';
  /** What to tell a client. */
  readonly advice: string;

  constructor(key: string, catalog: string, release: string) {
    const removed = `the release ${release} of ${catalog} was removed`;
    super(key, removed);
    this.advice = `While it was being read ${removed}. Ask again: ${catalog} has a later one.`;
  }
}

/** An object of a release is missing, truncated or damaged. `key` is where it lies in the bucket. */
export class CorruptReleaseError extends Error {
  override readonly name: string = 'CorruptReleaseError';
  readonly key: string;

  constructor(key: string, problem: string, options?: ErrorOptions) {
    super(`${key} ${problem}`, options);
    this.key = key;
  }
}

/** A Parquet file of a release is missing, truncated or damaged. */
export class CorruptPartitionError extends CorruptReleaseError {
  override readonly name = 'CorruptPartitionError';
}

/** A database did not answer a query, or not to its end; the message is for the astronomer who asked. */
export class QueryError extends Error {
  override readonly name: string = 'QueryError';
}
