import { Command, InvalidArgumentError } from 'commander';
import type { BenchOptions } from '../../test/bench/bench.ts';
import type { CatalogChoice } from '../../test/bench/catalogs.ts';
import { onStopSignal } from '../stop-signal.ts';

const HELP = `
Each line of the table is a target of the project, what was measured, the same figure of a constant answer of workerd (of
native code for the kernel), taken in turns in the same run, and the ratio of the two, with the least and the greatest of the
turns: "ok" where the target is met.

Sections: cones (under load), cold (first request of an isolate), bytes (read by a cold cone), writers (a million rows),
memory (of an isolate), selections (memory while parts of files are downloaded), growth (the index of 2 × 10⁹ rows), tap (queries at the
edge and in PostgreSQL, beside psql), uploads (crossmatches with tables that come along), duckdb (memory of its worker), jobs (cones
beside 20 jobs that wait in PostgreSQL), kernel (in WebAssembly and natively), export (10 million rows, and rows of large arrays, beside COPY
alone), sia (searches among a million generated images), soda (cutouts from plates of a gigabyte).
Catalogues: demo (118,216 stars), generated (2.5 million stars with 10 columns, half of them near the galactic plane) and
tycho2 (1.9 million stars; ALMAGEST_TEST_DATA is the folder of tycho2.parquet). They are exported once into
node_modules/.cache/almagest; no data folder is touched and nothing has to run.
Without --catalog: the demo with --quick, else generated, and tycho2 where ALMAGEST_TEST_DATA is set.

Examples:
  almagest bench
  almagest bench --quick
  almagest bench --catalog demo,generated --json bench.json
  almagest bench --only cones,cold --catalog tycho2 --seconds 30
  almagest bench --only cones --url "https://dachs.example.org/tycho2/q/scs.xml"
  almagest bench report bench.json
  almagest bench soak --minutes 10 --connections 16 --catalog generated`;

const SOAK_HELP = `
Random cones without a pause, some clients that hang up in the middle of an answer, answers compared with a
computation over all stars, and the memory of the server each second.
Exit status: 0 when no request failed, no answer was wrong and the memory did not grow, 1 otherwise.

Examples:
  almagest bench soak
  almagest bench soak --minutes 3 --catalog tycho2 --json soak.json`;

const REPORT_HELP = `
A table for each catalogue. A section that several files have is taken from the last of them.

Examples:
  almagest bench report bench.json
  almagest bench report --short cones.json writers.json > figures.md`;

export const benchCommand = new Command('bench')
  .description('measure the kernel and the service on this machine')
  .option('--catalog <names>', 'comma-separated: demo, tycho2, generated')
  .option(
    '--only <sections>',
    'comma-separated: cones, cold, bytes, writers, memory, selections, growth, tap, uploads, duckdb, jobs, kernel, export, sia, soda',
  )
  .option(
    '--quick',
    'fewer and shorter measurements, of the demo unless --catalog says else, without growth',
    false,
  )
  .option('--seconds <n>', 'of load for each line about it (default: 8, quick: 1)', positive)
  .option('--url <address>', 'another cone search service, to be asked the same cones beside ours', address)
  .option('--json <file>', 'write the results to a file too')
  .addHelpText('after', HELP)
  .action(async (flags: BenchFlags) => {
    const { bench, SECTION_NAMES } = await import('../../test/bench/bench.ts');
    const { CATALOGS, unavailable } = await import('../../test/bench/catalogs.ts');
    const catalogs = flags.catalog
      ? choices('--catalog', flags.catalog, CATALOGS)
      : CATALOGS.filter((name) => (name === 'demo') === flags.quick && unavailable(name) === null);
    for (const name of catalogs) {
      const reason = unavailable(name);
      if (reason !== null) throw new Error(`${name}: ${reason}`);
    }
    const sections = SECTION_NAMES.filter((name) => !(flags.quick && name === 'growth'));
    const options: BenchOptions = {
      catalogs,
      sections: flags.only ? choices('--only', flags.only, SECTION_NAMES) : sections,
      quick: flags.quick,
      seconds: flags.seconds ?? (flags.quick ? 1 : 8),
      peer: flags.url ?? null,
      json: flags.json ?? null,
    };
    await untilStopped((stopped) => bench(options, stopped));
  });

interface BenchFlags {
  readonly catalog?: string;
  readonly only?: string;
  readonly quick: boolean;
  readonly seconds?: number;
  readonly url?: string;
  readonly json?: string;
}

benchCommand
  .command('soak')
  .description('cones for minutes on end: errors, wrong answers, growth of memory')
  .option('--minutes <n>', 'how long', positive, 10)
  .option('--connections <n>', 'clients that ask cones', positive, 16)
  .option('--catalog <name>', 'demo, tycho2 or generated (default: demo)')
  .option('--json <file>', 'write the results to a file too')
  .addHelpText('after', SOAK_HELP)
  .action(async (_: unknown, command: Command) => {
    // Options that `bench` has too are taken by it.
    const flags = command.optsWithGlobals<SoakFlags>();
    const { soak } = await import('../../test/bench/soak.ts');
    const { CATALOGS } = await import('../../test/bench/catalogs.ts');
    const [catalog, ...more] = choices<CatalogChoice>('--catalog', flags.catalog ?? 'demo', CATALOGS);
    if (more.length > 0) throw new Error('--catalog: a soak is of one catalogue');
    const options = {
      catalog: catalog!,
      minutes: flags.minutes,
      connections: Math.round(flags.connections),
      json: flags.json ?? null,
    };
    const passed = await untilStopped((stopped) => soak(options, stopped));
    if (!passed) process.exitCode = 1;
  });

interface SoakFlags {
  readonly minutes: number;
  readonly connections: number;
  readonly catalog?: string;
  readonly json?: string;
}

benchCommand
  .command('report')
  .description('results of earlier runs as Markdown')
  .argument('<files...>', 'what --json wrote')
  .option('--short', 'one table of what has a target, the catalogues side by side', false)
  .addHelpText('after', REPORT_HELP)
  .action(async (files: string[], { short }: { short: boolean }) => {
    const { benchReport } = await import('../../test/bench/bench.ts');
    console.log(await benchReport(files, short));
  });

/**
 * Ctrl-C ends the work, and with the program all that it has started.
 * @param work gets what rejects then, for what has to be put in order before.
 */
async function untilStopped<Result>(work: (stopped: Promise<never>) => Promise<Result>): Promise<Result> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  stopped.catch(() => {});
  const stopListening = onStopSignal(() => reject(new Error('stopped')));
  try {
    return await work(stopped);
  } finally {
    stopListening();
  }
}

function choices<Name extends string>(flag: string, text: string, names: readonly Name[]): Name[] {
  const chosen = text.split(',').map((word) => word.trim());
  const unknown = chosen.filter((word) => !names.includes(word as Name));
  if (unknown.length > 0) {
    throw new Error(`${flag}: "${unknown.join(', ')}" is none of ${names.join(', ')}`);
  }
  return chosen as Name[];
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 3600))
    throw new InvalidArgumentError('It must be a number above 0, up to 3600.');
  return value;
}

function address(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new InvalidArgumentError('It must be an address such as https://dachs.example.org/stars/q/scs.xml');
  }
  return text;
}
