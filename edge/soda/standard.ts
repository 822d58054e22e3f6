/** IVOA identifiers of cutouts at once and as jobs (SODA 1.0 §2.5). */
export const SODA_IDS = {
  sync: 'ivo://ivoa.net/std/SODA#sync-1.0',
  async: 'ivo://ivoa.net/std/SODA#async-1.0',
} as const;

export type SodaMode = keyof typeof SODA_IDS;

/** Media types of cutouts; the first is what a client gets that asks for nothing. */
export const CUTOUT_TYPES = ['application/fits', 'image/png', 'image/jpeg'] as const;

export type CutoutType = (typeof CUTOUT_TYPES)[number];

/** Polarization states (ObsCore 1.1 §B.6.6). */
export const POLARIZATIONS: readonly string[] = 'I Q U V RR LL RL LR XX YY XY YX POLI POLA'.split(' ');
