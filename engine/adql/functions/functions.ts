import type { AdqlFunction } from './function.ts';
import { STANDARD_FUNCTIONS } from './standard.ts';
import { USER_DEFINED_FUNCTIONS } from './user-defined.ts';

/** All functions that a query may call. */
export const FUNCTIONS: readonly AdqlFunction[] = [...STANDARD_FUNCTIONS, ...USER_DEFINED_FUNCTIONS];
