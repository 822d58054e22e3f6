import { DEMO_QUERIES } from '../../../engine/adql/example-queries.ts';
import type { Questions, Tolerance } from './question.ts';

const TOLERANCE: Tolerance = { ulps: 4, relative: 1e-12, absolute: 1e-12 };

/** Which rows come, or what is in them, is up to the engine. */
const isFree = (query: string): boolean => /\b(TOP|OFFSET|RAND)\b/i.test(query);

const onSmallTables = (query: string): string =>
  query
    .replaceAll(/\b(hipparcos)(\s*\.\s*stars)\b/gi, 'small$2')
    .replaceAll('"hipparcos"', '"small"')
    .replaceAll(/\bdso\.objects\b/gi, 'small.objects');

/** It divides by 2 / 3, which of integers is 0. */
const FAILS = 'SELECT 1 - (2 - 3), 1 / (2 / 3), (1 - 2) - 3 FROM hipparcos.stars';

const queries = DEMO_QUERIES.filter((query) => query !== FAILS).map(onSmallTables);

/** The examples of the grammar, asked of tables that are small enough for joins of everything with everything. */
export const EXAMPLES: readonly Questions[] = [
  {
    about: 'examples of the grammar',
    order: 'any',
    tolerance: TOLERANCE,
    queries: queries.filter((query) => !isFree(query)),
  },
  {
    about: 'examples whose rows no order chooses',
    order: 'count',
    tolerance: TOLERANCE,
    queries: queries.filter(isFree),
  },
];
