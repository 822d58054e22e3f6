import { numberVariable, publicUrl, type Variables } from '../variables.ts';
import type { SodaService } from './service.ts';

/** The SODA worker's variables. */
export type SodaSettings = Variables<
  | 'SERVICE_TITLE'
  | 'PUBLIC_URL'
  /** Bytes of the largest cutout, as FITS. */
  | 'SODA_MAX_BYTES'
  /** Seconds that a cutout may take. */
  | 'SODA_SECONDS'
>;

/** @throws Error naming the variable that is wrong, and what would be right. */
export function readSodaSettings(env: SodaSettings): Pick<SodaService, 'title' | 'publicUrl' | 'limits'> {
  return {
    title: env.SERVICE_TITLE || 'Almagest',
    publicUrl: publicUrl(env.PUBLIC_URL),
    limits: {
      maxBytes: numberVariable(env, 'SODA_MAX_BYTES', 2 ** 28, 2880, Number.MAX_SAFE_INTEGER),
      seconds: numberVariable(env, 'SODA_SECONDS', 60, 1, 86_400),
    },
  };
}
