import { parameterReader } from '../../request/read-parameters.ts';
import type { RawParameters } from '../../request/request-parameters.ts';
import {
  CONE_FORMATS,
  negotiateFormat,
  parseResponseFormat,
  type ResponseFormat,
} from '../../request/response-format.ts';
import { parseChoice, parseCount } from '../../request/values.ts';
import type { Limits } from '../../service.ts';
import { parseNearest, VERBOSITIES, type Verbosity } from '../parameters.ts';
import { parseRadius } from './positions.ts';

/** What is wanted of all positions. */
export interface ConesParameters {
  /** Degrees, of positions that have none of their own; null where there is no such. */
  readonly radius: number | null;
  /** So many rows of each position, the nearest; null for all. */
  readonly nearest: number | null;
  /** Whether a position without rows has one of nulls. */
  readonly unmatched: boolean;
  readonly verbosity: Verbosity;
  /** Most rows of the answer. */
  readonly limit: number;
  readonly format: ResponseFormat;
}

const PARAMETERS = ['SR', 'NEAREST', 'UNMATCHED', 'VERB', 'MAXREC', 'RESPONSEFORMAT'] as const;

const UNMATCHED = { drop: false, keep: true } as const;

/** @throws RequestError (400) that names every parameter that is repeated or wrong, and what would be right. */
export function parseConesParameters(
  raw: RawParameters,
  accept: string | undefined,
  limits: Limits,
): ConesParameters {
  const { read, refuseFaults } = parameterReader(raw, PARAMETERS);
  const nearest = read('NEAREST', null, parseNearest);
  const parameters: ConesParameters = {
    nearest,
    radius: read('SR', nearest === null ? null : limits.maxRadius, (text) =>
      parseRadius(text, limits.maxRadius),
    ),
    unmatched: read<boolean>('UNMATCHED', false, (text) => parseChoice(text, UNMATCHED)),
    verbosity: read<Verbosity>('VERB', 2, (text) => parseChoice(text, VERBOSITIES)),
    limit: Math.min(read('MAXREC', limits.defaultRecords, parseCount), limits.maxRecords),
    format: read('RESPONSEFORMAT', negotiateFormat(accept, CONE_FORMATS), (text) =>
      parseResponseFormat(text, CONE_FORMATS),
    ),
  };
  refuseFaults();
  return parameters;
}
