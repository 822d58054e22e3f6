import { benchKernel } from '../kernel.ts';
import { integer } from '../report.ts';
import type { BenchContext, Report } from '../section.ts';

const LIMIT = 0.9;

/** The WebAssembly module in this Node, beside the same crate built natively where there is cargo. */
export async function kernelSection({ say }: Pick<BenchContext, 'say'>, report: Report): Promise<void> {
  say('kernel: in WebAssembly, and natively by cargo');
  for (const { name, value, unit, native } of await benchKernel()) {
    const ratio = native === null ? null : value / native;
    report({
      what: name,
      target: `≥ ${LIMIT} × native`,
      measured: `${integer(value)} ${unit}`,
      bare: native === null ? 'not measured' : integer(native),
      ratio,
      ok: ratio === null ? null : ratio >= LIMIT,
      values: { value, unit, native },
    });
  }
}
