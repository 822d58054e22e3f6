import type { Engine } from '../../engine/engine.ts';
import type { UploadLimits } from '../../engine/upload/upload.ts';
import type { JobRecords, JobTimes } from '../jobs/settings.ts';
import type { Engines } from './engines/engines.ts';
import type { KeptAnswers } from './kept-answers.ts';
import type { PublishedTables } from './published.ts';
import type { Fetch } from './uploads/fetch-file.ts';

/** What one query may cost. */
export interface TapLimits {
  /** Most rows of an answer, whatever MAXREC says. */
  readonly maxRecords: number;
  /** Rows of an answer when the client gives no MAXREC; at most `maxRecords`. */
  readonly defaultRecords: number;
  /** Seconds that a query may run. */
  readonly seconds: number;
  /** Seconds after which PostgreSQL takes over from the edge; at most `seconds`. */
  readonly edgeSeconds: number;
  /** Bytes of rows that the edge may hold for a query, and those it may read for one piece by piece. */
  readonly edgeBytes: number;
  readonly piecesBytes: number;
  /** Rows of the result of a job. */
  readonly ofJobs: JobRecords;
  /** What the queue of jobs lets one have, of which TAP only tells. */
  readonly jobTimes: JobTimes;
}

/** All that TAP needs to answer. */
export interface TapService {
  readonly engine: Engine;
  readonly published: PublishedTables;
  readonly engines: Engines;
  readonly keptAnswers: KeptAnswers;
  readonly limits: TapLimits;
  /** Of each table that comes with a query; of their bytes also all together, where they are in the request itself. */
  readonly uploadLimits: UploadLimits;
  /** Gets what is uploaded by its address. */
  readonly fetch: Fetch;
  /** Name of the service on its pages. */
  readonly title: string;
  /** Address of the root as clients reach it, where requests do not tell; without a trailing slash. */
  readonly publicUrl: string | null;
}
