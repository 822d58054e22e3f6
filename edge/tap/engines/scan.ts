import type { Engine } from '../../../engine/engine.ts';
import { scanRows } from '../../../engine/scan/scan-rows.ts';
import type { RunQuery } from './engines.ts';

/** Straight from a release's row groups. */
export function scanEngine(engine: Engine): RunQuery {
  return ({ plan }, { rows }) => scanRows(engine, plan.scan!, rows);
}
