import { readFile, writeFile } from 'node:fs/promises';
import { terminalProgress } from '../../cli/terminal/progress.ts';
import { type BenchCatalog, type CatalogChoice, openCatalog } from './catalogs.ts';
import { conePath } from './cones.ts';
import { markdown, shortMarkdown } from './markdown.ts';
import {
  type BenchResults,
  described,
  describeMachine,
  formatted,
  header,
  load,
  type Row,
  type SectionResults,
} from './report.ts';
import type { Report } from './section.ts';
import { bytesSection } from './sections/bytes.ts';
import { coldSection } from './sections/cold.ts';
import { conesSection } from './sections/cones.ts';
import { duckdbSection } from './sections/duckdb.ts';
import { exportSection } from './sections/export.ts';
import { growthSection } from './sections/growth.ts';
import { jobsSection } from './sections/jobs.ts';
import { kernelSection } from './sections/kernel.ts';
import { memorySection } from './sections/memory.ts';
import { selectionsSection } from './sections/selections.ts';
import { siaSection } from './sections/sia.ts';
import { sodaSection } from './sections/soda.ts';
import { tapSection } from './sections/tap.ts';
import { uploadsSection } from './sections/uploads.ts';
import { writersSection } from './sections/writers.ts';
import { statusLine } from './status-line.ts';
import { openConnection } from './wire.ts';

const SECTIONS = {
  cones: conesSection,
  cold: coldSection,
  bytes: bytesSection,
  writers: writersSection,
  memory: memorySection,
  selections: selectionsSection,
  growth: growthSection,
  tap: tapSection,
  uploads: uploadsSection,
  duckdb: duckdbSection,
  jobs: jobsSection,
  kernel: kernelSection,
  export: exportSection,
  sia: siaSection,
  soda: sodaSection,
} as const;

/** Those that are of no catalogue of the bench's. */
const ALONE = ['kernel', 'export', 'sia', 'soda'] as const;

function isAlone(section: SectionName): section is (typeof ALONE)[number] {
  return (ALONE as readonly SectionName[]).includes(section);
}

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
  /** File for the results as JSON; null for none. */
  readonly json: string | null;
}

/**
 * Measures, and prints a line as soon as it is known. The JSON file holds what is known so far.
 * @param stopped rejects where it is to be given up.
 */
export async function bench(options: BenchOptions, stopped: Promise<never>): Promise<void> {
  const { catalogs, sections, quick, seconds, peer, json } = options;
  if (peer !== null) await checkPeer(peer);
  const started = performance.now();
  const results = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    options: { ...options },
    sections: [] as SectionResults[],
  } satisfies BenchResults;
  console.log(described(results));

  const alone = ALONE.filter((section) => sections.includes(section));
  const ofCatalog = sections.filter((section) => !isAlone(section));
  const steps = catalogs.length * ofCatalog.length + alone.length;
  const status = statusLine();
  const say = (text: string) => status.show(`${results.sections.length} of ${steps}: ${text}`);

  const run = async (
    section: SectionName,
    catalog: BenchCatalog | null,
    measure: (report: Report) => Promise<void>,
  ) => {
    const rows: Row[] = [];
    const title = catalog?.label ?? section;
    results.sections.push({ section, catalog: catalog?.name ?? null, title, loadBefore: load(), rows });
    const measured = measure((row) => {
      rows.push(row);
      status.clear();
      console.log(formatted(row));
    });
    await Promise.race([measured, stopped]);
    status.clear();
    if (json !== null) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
  };

  for (const choice of ofCatalog.length === 0 ? [] : catalogs) {
    status.show(`preparing ${choice}`);
    status.clear();
    const catalog = await openCatalog(choice, terminalProgress(), stopped);
    console.log(`\n${catalog.label}\n${header()}`);
    const context = { catalog, quick, seconds, peer, say };
    for (const section of ofCatalog) {
      await run(section, catalog, (report) => SECTIONS[section](context, report));
    }
  }
  for (const section of alone) {
    console.log(`\n${section}\n${header()}`);
    await run(section, null, (report) => SECTIONS[section]({ say, quick, seconds, stopped }, report));
  }
  const minutes = (performance.now() - started) / 60_000;
  console.log(`\n${minutes.toFixed(1)} minutes, load average ${load()} after them`);
}

/** @throws Error where the other service does not answer a cone search: before anything long is done. */
async function checkPeer(address: string): Promise<void> {
  try {
    const connection = await openConnection(address);
    const { status } = await connection.get(conePath(address, { ra: 10, dec: 20, radius: 0.01 }));
    connection.destroy();
    if (status !== 200) throw new Error(`status ${status}`);
  } catch (error) {
    throw new Error(`--url: ${address} does not answer a cone search: ${(error as Error).message}`);
  }
}

/**
 * Files that `bench` wrote, as Markdown.
 * @param short only what has a target, the catalogues side by side.
 * @throws Error naming a file that is none.
 */
export async function benchReport(files: readonly string[], short: boolean): Promise<string> {
  const runs = await Promise.all(files.map(readResults));
  return short ? shortMarkdown(runs) : markdown(runs);
}

async function readResults(file: string): Promise<BenchResults> {
  const text = await readFile(file, 'utf8');
  try {
    const results = JSON.parse(text) as BenchResults;
    if (Array.isArray(results.sections)) return results;
  } catch {
    // said below
  }
  throw new Error(`${file} is not what "almagest bench --json" writes`);
}
