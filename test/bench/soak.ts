import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { terminalProgress } from '../../cli/terminal/progress.ts';
import { type BenchCatalog, type CatalogChoice, openCatalog } from './catalogs.ts';
import { ARCSEC, type Cone, conePath, randomCones } from './cones.ts';
import { quantile } from './load.ts';
import { integer, load, megabytes } from './report.ts';
import { startInspectedService } from './service.ts';
import { type StarSearch, starSearch } from './star-search.ts';
import { openConnection } from './wire.ts';

export interface SoakOptions {
  readonly catalog: CatalogChoice;
  readonly minutes: number;
  /** Clients that ask cones without a pause. */
  readonly connections: number;
  /** File for the results as JSON; null for none. */
  readonly json: string | null;
}

/** Memory at a time, bytes; resident memory is NaN where it is not known. */
interface Sample {
  readonly seconds: number;
  readonly resident: number;
  readonly isolate: number;
}

interface Tally {
  requests: number;
  hangUps: number;
  checked: number;
  readonly failures: string[];
  readonly wrong: string[];
}

/** Radii of the cones, degrees: from 1″ to 3°. */
const RADII = [ARCSEC, 3] as const;
const CONES = 50_000;
/** Clients that hang up. */
const IMPATIENT = 4;
/** Milliseconds between two checks of an answer, and between two looks at the memory. */
const CHECKING = 200;
const SAMPLING = 1000;
/** Samples for each line about them. */
const LINE = 10;
/** The growth of memory over the second half of the time that counts as none, a share of what there was. */
const STEADY = 0.1;

/**
 * Random cones for minutes on end.
 * @param stopped rejects where it is to be given up.
 * @returns whether no request failed, no answer was wrong and the memory did not grow.
 */
export async function soak(
  { catalog: choice, minutes, connections, json }: SoakOptions,
  stopped: Promise<never>,
): Promise<boolean> {
  const catalog = await openCatalog(choice, terminalProgress(), stopped);
  const cones = randomCones(catalog.positions, CONES, RADII, 'both');
  const service = await startInspectedService(catalog.bucketFolder);
  const tally: Tally = { requests: 0, hangUps: 0, checked: 0, failures: [], wrong: [] };
  const samples: Sample[] = [];
  const loadBefore = load();
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const running = () => elapsed() < 60 * minutes;
  console.error(
    `${catalog.label}; ${minutes} minutes, ${connections} clients, ${IMPATIENT} more that hang up, load average ${loadBefore}`,
  );
  try {
    const address = `${service.url}/scs/${catalog.name}`;
    const workers = Array.from({ length: connections }, (_, nth) =>
      askCones(address, cones, Math.floor((CONES * nth) / connections), running, tally),
    );
    const impatient = Array.from({ length: IMPATIENT }, (_, nth) =>
      hangUp(address, cones, nth, running, tally),
    );
    const checks = checkAnswers(address, catalog, cones, running, tally);
    const watch = async () => {
      while (running()) {
        const isolate = (await service.isolate.memory()).total;
        const resident = service.usage()?.resident ?? Number.NaN;
        if (samples.length % LINE === 0) {
          console.error(
            `${elapsed().toFixed(0)} s: ${integer(tally.requests)} requests, ${integer(tally.hangUps)} hang-ups, ` +
              `${tally.failures.length} failures, ${tally.wrong.length} of ${tally.checked} wrong, ` +
              `resident ${megabytes(resident)}, isolate ${megabytes(isolate)}`,
          );
        }
        samples.push({ seconds: elapsed(), resident, isolate });
        await sleep(SAMPLING);
      }
    };
    await Promise.race([Promise.all([...workers, ...impatient, checks, watch()]), stopped]);
  } finally {
    await service.close();
  }
  const growth = { resident: grown(samples, 'resident'), isolate: grown(samples, 'isolate') };
  const steady = !(growth.resident.share > STEADY || growth.isolate.share > STEADY);
  const passed = steady && tally.failures.length === 0 && tally.wrong.length === 0;
  const lines = [
    `requests      ${integer(tally.requests)}, ${integer(tally.requests / elapsed())} a second`,
    `hang-ups      ${integer(tally.hangUps)}`,
    `failures      ${integer(tally.failures.length)}`,
    `answers       ${integer(tally.checked)} compared with a computation over all stars, ${tally.wrong.length} wrong`,
    `resident      ${described(growth.resident)}`,
    `isolate       ${described(growth.isolate)}`,
    `              (lowest tenth of the third and of the last quarter; up to ${100 * STEADY} % more is no growth)`,
    passed ? 'passed' : 'NOT PASSED',
  ];
  console.log(lines.join('\n'));
  for (const problem of [...tally.failures.slice(0, 10), ...tally.wrong.slice(0, 10)]) console.log(problem);
  if (json !== null) {
    const report = {
      date: new Date().toISOString(),
      catalog: choice,
      minutes,
      connections,
      loadBefore,
      ...tally,
      growth,
      samples,
      passed,
    };
    await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  }
  return passed;
}

async function askCones(
  address: string,
  cones: readonly Cone[],
  first: number,
  running: () => boolean,
  tally: Tally,
): Promise<void> {
  let connection = await openConnection(address);
  for (let next = first; running(); next++) {
    const path = conePath(address, cones[next % cones.length]!);
    try {
      const { status } = await connection.get(path);
      if (status !== 200) tally.failures.push(`status ${status}: ${path}`);
    } catch (error) {
      tally.failures.push(`${(error as Error).message}: ${path}`);
      connection.destroy();
      await sleep(100);
      connection = await openConnection(address);
    }
    tally.requests++;
  }
  connection.destroy();
}

/** Large answers, of which some bytes are read; and small ones that nobody waits for. */
async function hangUp(
  address: string,
  cones: readonly Cone[],
  first: number,
  running: () => boolean,
  tally: Tally,
): Promise<void> {
  for (let next = first; running(); next += IMPATIENT) {
    const cone = cones[next % cones.length]!;
    const small = next % 3 === 0;
    const path = small ? conePath(address, cone) : conePath(address, { ...cone, radius: 20 });
    const connection = await openConnection(address);
    let left = small ? 0 : (next * 7919) % 300_000;
    const asked = connection.get(path, (piece) => {
      left -= piece.length;
      if (left < 0) connection.destroy();
    });
    if (small) connection.destroy();
    // That it was cut is what was wanted.
    await asked.catch(() => {});
    connection.destroy();
    tally.hangUps++;
    await sleep(20);
  }
}

async function checkAnswers(
  address: string,
  { positions }: BenchCatalog,
  cones: readonly Cone[],
  running: () => boolean,
  tally: Tally,
): Promise<void> {
  const search: StarSearch = starSearch(positions);
  const connection = await openConnection(address);
  for (let next = 0; running(); next++) {
    const cone = cones[(next * 31) % cones.length]!;
    const path = conePath(address, cone, '&VERB=1&MAXREC=1000000&RESPONSEFORMAT=csv');
    let text = '';
    const { status } = await connection.get(path, (piece) => {
      text += piece.toString('latin1');
    });
    tally.checked++;
    const found = new Set(
      text
        .trimEnd()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => Number(line.split(',', 1)[0])),
    );
    const { inside, undecided } = search(cone);
    const lost = inside.filter((id) => !found.has(id));
    const extra = [...found].filter((id) => !inside.includes(id) && !undecided.includes(id));
    if (status !== 200 || lost.length > 0 || extra.length > 0) {
      tally.wrong.push(
        `${path}: status ${status}, lost ${lost.slice(0, 5)}, not of the cone ${extra.slice(0, 5)}`,
      );
    }
    await sleep(CHECKING);
  }
  connection.destroy();
}

/**
 * The third and the last quarter: the first half is for the caches to fill. Of each the lowest tenth of the samples, for garbage that waits
 * to be collected is no growth.
 */
function grown(samples: readonly Sample[], of: 'resident' | 'isolate') {
  const values = samples.map((sample) => sample[of]);
  const floor = (from: number, to: number) =>
    quantile(
      values.slice(Math.floor(values.length * from), Math.ceil(values.length * to)).sort((a, b) => a - b),
      0.1,
    );
  const [before, after] = [floor(0.5, 0.75), floor(0.75, 1)];
  return { before, after, share: after / before - 1, peak: Math.max(...values) };
}

function described({ before, after, share, peak }: ReturnType<typeof grown>): string {
  return `${megabytes(before)}, then ${megabytes(after)}: ${share >= 0 ? '+' : ''}${(100 * share).toFixed(1)} %; at most ${megabytes(peak)}`;
}
