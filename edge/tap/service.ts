import type { Engine } from '../../engine/engine.ts';
import type { Engines } from './engines/engines.ts';
import type { KeptAnswers } from './kept-answers.ts';
import type { PublishedTables } from './published.ts';

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
}

/** All that TAP needs to answer. */
export interface TapService {
  readonly engine: Engine;
  readonly published: PublishedTables;
  readonly engines: Engines;
  readonly keptAnswers: KeptAnswers;
  readonly limits: TapLimits;
  /** Name of the service on its pages. */
  readonly title: string;
  /** Address of the root as clients reach it, where requests do not tell; without a trailing slash. */
  readonly publicUrl: string | null;
}
