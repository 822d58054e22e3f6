import { QueryError } from '../errors.ts';

import { MisfitError } from './arrow-columns.ts';

/** Who is at fault, which decides the answer's HTTP status. */
export type PostgresFault =
  /** The database cannot be reached, is full or went away: the same query may succeed later. */
  | 'unavailable'
  /** The query took longer than it may. */
  | 'deadline'
  /** The query's own: a division by zero, a number too large. */
  | 'query'
  /** A published table is gone from the database, or may not be read. */
  | 'release'
  /** The client left. */
  | 'cancelled'
  /** Almagest's own: to be logged. */
  | 'internal';

/** A query that PostgreSQL did not answer; the message is for the astronomer who asked. */
export class PostgresError extends QueryError {
  override readonly name = 'PostgresError';
  readonly fault: PostgresFault;
  /** PostgreSQL's error code (documentation, Appendix A); null where the connection failed. */
  readonly sqlState: string | null;

  constructor(fault: PostgresFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
    this.sqlState = sqlStateOf(cause);
  }
}

export function tookTooLong(seconds: number): PostgresError {
  return new PostgresError(
    'deadline',
    `the query took longer than ${seconds} s, the most it may take here: restrict it to a smaller region or to fewer tables, ` +
      'or ask for fewer rows with TOP',
  );
}

export function cancelled(cause: unknown): PostgresError {
  return new PostgresError('cancelled', 'the query was cancelled: its client left', cause);
}

/** What is wrong with the rows of an answer that cannot be decoded. */
export function undecodable(error: unknown): PostgresError {
  if (error instanceof MisfitError) return new PostgresError('query', error.message, error);
  return new PostgresError('internal', INTERNAL[1], error);
}

/** What went wrong, in words for the astronomer. */
export function postgresError(error: unknown): PostgresError {
  if (error instanceof PostgresError) return error;
  const state = sqlStateOf(error);
  const words = error instanceof Error ? error.message : String(error);
  if (state === null) {
    return new PostgresError(
      'unavailable',
      'the database cannot be reached, or its connection was lost: try again later',
      error,
    );
  }
  const [fault, message] = FAULTS[state] ?? CLASSES[state.slice(0, 2)] ?? INTERNAL;
  return new PostgresError(fault, message.replace('{words}', words), error);
}

const GONE = [
  'release',
  'a table of this query has a release, but the database no longer has it as it was published ({words}): ' +
    'the service must publish it again',
] as const;
const OUT_OF_SERVICE = [
  'unavailable',
  'the database is not in service, or was stopped while it worked on the query: try again later',
] as const;
const INTERNAL = ['internal', 'the database could not run the query'] as const;

type Words = readonly [PostgresFault, string];

/** By code. */
const FAULTS: Record<string, Words> = {
  '22003': [
    'query',
    'a number is out of range ({words}): leave such rows out with a condition, or CAST to a wider type, such as DOUBLE PRECISION',
  ],
  '22012': [
    'query',
    'division by zero: leave such rows out with a condition, or give them another value with CASE',
  ],
  '22P02': ['query', 'a text is not a value of the type it is cast to ({words})'],
  '2201E': ['query', 'a logarithm of zero or of a negative number: leave such rows out with a condition'],
  '2201F': [
    'query',
    'a power or root that is not a real number ({words}): leave such rows out with a condition',
  ],
  '21000': ['query', 'a subquery that must give one value gave several rows: restrict it, or use IN'],
  '42501': ['release', 'the database does not let this service read a table of the query ({words})'],
  '42P01': GONE,
  '42703': GONE,
  '3F000': GONE,
  '57014': [
    'unavailable',
    'the database stopped the query: its operator did, or its rows were read too slowly',
  ],
  '53100': ['unavailable', 'the disk of the database is full: try again later'],
  '53200': ['unavailable', 'the database has no memory left for the query: try again later'],
  '53300': ['unavailable', 'as many queries run as the database takes: try again in a minute'],
  '53400': [
    'query',
    'the query needs more temporary space than it may take: restrict it to a smaller region or to fewer columns',
  ],
};

/** By class, the code's first two characters. */
const CLASSES: Record<string, Words> = {
  '08': OUT_OF_SERVICE,
  '22': ['query', 'the database cannot compute a value of the query ({words})'],
  '28': [
    'unavailable',
    "the database does not admit this service: its operator must look at the reader's password",
  ],
  '3D': OUT_OF_SERVICE,
  '53': OUT_OF_SERVICE,
  '54': ['query', 'the query is too complex for the database ({words})'],
  '57': OUT_OF_SERVICE,
  '58': OUT_OF_SERVICE,
};

function sqlStateOf(error: unknown): string | null {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E') ? code : null;
}
