import type { Storage } from '../../engine/storage/storage.ts';
import type { Queue } from './queue/types.ts';
import type { JobServiceSettings } from './settings.ts';

/** All that the app of jobs needs to answer. */
export interface JobService extends JobServiceSettings {
  readonly queue: Queue;
  /** Where results and uploads lie. */
  readonly storage: Storage;
  /** Request header with the address of the client that nobody can forge; null where there is none. */
  readonly clientHeader: string | null;
}
