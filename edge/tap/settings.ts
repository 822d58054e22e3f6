import { type JobRecordName, type JobTimeName, readJobRecords, readJobTimes } from '../jobs/settings.ts';
import { numberVariable, publicUrl, type Variables } from '../variables.ts';
import type { TapLimits, TapService } from './service.ts';

/** The TAP worker's variables. */
export type TapSettings = Variables<
  | 'SERVICE_TITLE'
  | 'PUBLIC_URL'
  /** Rows of an answer when MAXREC is not given, and at most. */
  | 'TAP_DEFAULT_RECORDS'
  | 'TAP_MAX_RECORDS'
  /** The same as those of the worker of jobs. */
  | JobRecordName
  | JobTimeName
  /** Seconds that a query may run, and of these at the edge before PostgreSQL takes over. */
  | 'TAP_SECONDS'
  | 'TAP_EDGE_SECONDS'
  /** Bytes of rows that a query may need at the edge: at once, and piece by piece. */
  | 'TAP_EDGE_BYTES'
  | 'TAP_PIECES_BYTES'
  /** Bytes, rows and columns of a table that comes with a query. */
  | 'TAP_UPLOAD_BYTES'
  | 'TAP_UPLOAD_ROWS'
  | 'TAP_UPLOAD_COLUMNS'
  /** Bytes of decoded rows, of kept answers in memory, and of the longest answer that is kept; 0: none is. */
  | 'CACHE_BYTES'
  | 'ANSWER_MEMORY_BYTES'
  | 'ANSWER_CACHE_BYTES'
>;

/** What the settings say of the service, and of what it is made with. */
export interface TapServiceSettings
  extends Pick<TapService, 'title' | 'publicUrl' | 'limits' | 'uploadLimits'> {
  readonly cacheBytes: number;
  readonly answerMemoryBytes: number;
  readonly answerCacheBytes: number;
}

const MOST = Number.MAX_SAFE_INTEGER;
const MIB = 2 ** 20;

/** @throws Error naming the variable that is wrong, and what would be right. */
export function readTapSettings(env: TapSettings): TapServiceSettings {
  return {
    title: env.SERVICE_TITLE || 'Almagest',
    publicUrl: publicUrl(env.PUBLIC_URL),
    limits: readLimits(env),
    uploadLimits: {
      bytes: numberVariable(env, 'TAP_UPLOAD_BYTES', 32 * MIB, 1, MOST),
      rows: numberVariable(env, 'TAP_UPLOAD_ROWS', 2_000_000, 1, MOST),
      // PostgreSQL's tables have 1,600 at most.
      columns: numberVariable(env, 'TAP_UPLOAD_COLUMNS', 1000, 1, 1600),
    },
    cacheBytes: numberVariable(env, 'CACHE_BYTES', 32 * MIB, 1, MOST),
    answerMemoryBytes: numberVariable(env, 'ANSWER_MEMORY_BYTES', 8 * MIB, 0, MOST),
    answerCacheBytes: numberVariable(env, 'ANSWER_CACHE_BYTES', MIB / 4, 0, MOST),
  };
}

function readLimits(env: TapSettings): TapLimits {
  const maxRecords = numberVariable(env, 'TAP_MAX_RECORDS', 10_000_000, 1, MOST);
  const seconds = numberVariable(env, 'TAP_SECONDS', 60, 1, 86_400);
  return {
    maxRecords,
    defaultRecords: Math.min(numberVariable(env, 'TAP_DEFAULT_RECORDS', 100_000, 1, MOST), maxRecords),
    seconds,
    edgeSeconds: Math.min(numberVariable(env, 'TAP_EDGE_SECONDS', 10, 1, 86_400), seconds),
    edgeBytes: numberVariable(env, 'TAP_EDGE_BYTES', 32 * MIB, 1, MOST),
    piecesBytes: numberVariable(env, 'TAP_PIECES_BYTES', 256 * MIB, 1, MOST),
    ofJobs: readJobRecords(env),
    jobTimes: readJobTimes(env),
  };
}
