import { ARRAYS } from './arrays.ts';
import { EXAMPLES } from './examples.ts';
import { OBSCORE } from './obscore.ts';
import { PLAIN } from './plain.ts';
import type { Questions } from './question.ts';
import { SKY } from './sky.ts';
import { TABLES } from './tables.ts';
import { VALUES } from './values.ts';
import { WITHOUT_POSITIONS } from './without-positions.ts';

/** All that was written down, of the demo and the samples. */
export const WRITTEN: readonly Questions[] = [
  ...PLAIN,
  ...VALUES,
  ...TABLES,
  ...ARRAYS,
  ...WITHOUT_POSITIONS,
  ...SKY,
  ...OBSCORE,
  ...EXAMPLES,
];
