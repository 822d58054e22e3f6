import { writeFile } from 'node:fs/promises';
import { terminalProgress } from '../../cli/terminal/progress.ts';
import { type CatalogChoice, openCatalog } from './catalogs.ts';
import { describeMachine, formatted, header, load, type Row } from './report.ts';
import type { Report } from './section.ts';
import { bytesSection } from './sections/bytes.ts';
import { coldSection } from './sections/cold.ts';
import { conesSection } from './sections/cones.ts';
import { kernelSection } from './sections/kernel.ts';
import { memorySection } from './sections/memory.ts';
import { writersSection } from './sections/writers.ts';

const SECTIONS = {
  cones: conesSection,
  cold: coldSection,
  bytes: bytesSection,
  writers: writersSection,
  memory: memorySection,
  kernel: kernelSection,
} as const;

export type SectionName = keyof typeof SECTIONS;
export const SECTION_NAMES = Object.keys(SECTIONS) as SectionName[];

export interface BenchOptions {
  readonly catalogs: readonly CatalogChoice[];
  readonly sections: readonly SectionName[];
  readonly quick: boolean;
  /** Seconds of load for each line about it. */
  readonly seconds: number;
  /** Address of another cone search service to time beside ours; null for none. */
  readonly peer: string | null;
  /** File for the results as JSON. */
  readonly json: string | null;
}

/** Measures, and prints a line as soon as it is known. */
export async function bench(options: BenchOptions): Promise<void> {
  const { catalogs, sections, quick, seconds, peer, json } = options;
  const machine = describeMachine();
  const date = new Date().toISOString();
  console.log(
    `${date}: ${machine.cpu}, ${machine.cores} cores, ${machine.memory} GB, ${machine.system}, Node ${machine.node}, ` +
      `load average ${machine.load}`,
  );
  const results: { catalog: string | null; section: SectionName; loadBefore: number; rows: Row[] }[] = [];

  const run = async (
    section: SectionName,
    catalog: string | null,
    measure: (report: Report) => Promise<void>,
  ) => {
    const rows: Row[] = [];
    results.push({ catalog, section, loadBefore: load(), rows });
    await measure((row) => {
      rows.push(row);
      console.log(formatted(row));
    });
  };

  for (const choice of catalogs) {
    const ofCatalog = sections.filter((section) => section !== 'kernel');
    if (ofCatalog.length === 0) break;
    console.error(`preparing ${choice}`);
    const catalog = await openCatalog(choice, terminalProgress());
    console.log(`\n${catalog.label}\n${header()}`);
    const context = { catalog, quick, seconds, peer, say };
    for (const section of ofCatalog) {
      await run(section, choice, (report) => SECTIONS[section](context, report));
    }
  }
  if (sections.includes('kernel')) {
    console.log(`\nkernel\n${header()}`);
    await run('kernel', null, (report) => kernelSection({ say }, report));
  }
  if (json === null) return;
  await writeFile(json, `${JSON.stringify({ date, machine, options, results }, null, 2)}\n`);
}

const say = (line: string) => console.error(`  … ${line}`);
