import type { BenchCatalog } from './catalogs.ts';
import type { Row } from './report.ts';

/** What a section of the bench measures with. */
export interface BenchContext {
  readonly catalog: BenchCatalog;
  /** Fewer and shorter measurements. */
  readonly quick: boolean;
  /** Seconds of load for each line about it. */
  readonly seconds: number;
  /** Address of another cone search service to time beside ours; null for none. */
  readonly peer: string | null;
  /** Tells what is going on. */
  readonly say: (line: string) => void;
}

export type Report = (row: Row) => void;

/** Measures one thing and reports the lines as they are known. */
export type Section = (context: BenchContext, report: Report) => Promise<void>;
