import { startBareAnswer } from '../bare.ts';
import { ARCMIN, ARCSEC, type Cone, conePath, randomCones } from '../cones.ts';
import { compare, type LoadResult, median, type Subject } from '../load.ts';
import { integer, milliseconds, type Row } from '../report.ts';
import type { BenchContext, Section } from '../section.ts';
import { type MeasuredService, startService } from '../service.ts';
import { openConnection } from '../wire.ts';

const SMALL = { label: '1″–6′ cones', count: 20_000, radii: [ARCSEC, 6 * ARCMIN] } as const;
const DEGREE = { label: '1° cones', count: 2000, radii: [1, 1] } as const;
const SAMPLE = 400;
const ROUNDS = 4;

/** Cones under load, beside a constant answer as long as the median one, and beside a peer. */
export const conesSection: Section = async (context, report) => {
  const { catalog, say } = context;
  const service = await startService(catalog.bucketFolder);
  try {
    say(`${SMALL.label}: warming up`);
    const small = randomCones(catalog.positions, SMALL.count, SMALL.radii);
    await withSubjects(context, service, small, async (subjects) => {
      for (const connections of [16, 1]) {
        say(`${SMALL.label}: ${connections} connections`);
        const results = await compare(subjects, {
          connections,
          seconds: context.seconds,
          // The first load fills the cache.
          warmUp: connections === 16 ? context.seconds : 1,
          rounds: ROUNDS,
        });
        for (const row of connections === 16 ? throughput(results) : latency(SMALL.label, 3, results))
          report(row);
      }
    });
    say(DEGREE.label);
    const wide = randomCones(catalog.positions, DEGREE.count, DEGREE.radii);
    await withSubjects(context, service, wide, async (subjects) => {
      const options = { connections: 1, seconds: context.seconds, warmUp: 1, rounds: ROUNDS };
      for (const row of latency(DEGREE.label, 10, await compare(subjects, options))) report(row);
    });
  } finally {
    await service.close();
  }
};

async function withSubjects(
  { catalog, peer }: BenchContext,
  service: MeasuredService,
  cones: readonly Cone[],
  use: (subjects: Subject[]) => Promise<void>,
): Promise<void> {
  const address = `${service.url}/scs/${catalog.name}`;
  const paths = cones.map((cone) => conePath(address, cone));
  const bare = await startBareAnswer(await medianBytes(service.url, paths));
  try {
    const cpu = (of: MeasuredService) => () => of.usage()?.cpu ?? null;
    const subjects: Subject[] = [
      { name: 'bare', url: bare.url, paths: ['/'], cpu: cpu(bare) },
      { name: 'almagest', url: service.url, paths, cpu: cpu(service) },
    ];
    if (peer !== null) {
      const theirs = cones.map((cone) => conePath(peer, cone));
      subjects.push({ name: 'peer', url: new URL(peer).origin, paths: theirs, cpu: () => null });
    }
    await use(subjects);
  } finally {
    await bare.close();
  }
}

/** Asks the first of the paths too, so that the service is warm. */
async function medianBytes(url: string, paths: readonly string[]): Promise<number> {
  const connection = await openConnection(url);
  const sizes: number[] = [];
  for (const path of paths.slice(0, SAMPLE)) sizes.push((await connection.get(path)).bytes);
  connection.destroy();
  return median(sizes);
}

function throughput([bare, ours, peer]: readonly LoadResult[]): Row[] {
  const ratio = ours!.requestsPerSecond / bare!.requestsPerSecond;
  const rows: Row[] = [
    {
      what: `${SMALL.label}, 16 connections`,
      target: '≥ 0.40 of bare requests/s',
      measured: figures(ours!),
      bare: figures(bare!),
      ratio,
      ok: ratio >= 0.4,
      values: { bare, almagest: ours, peer: peer ?? null },
    },
  ];
  if (ours!.cpu !== null && bare!.cpu !== null) {
    rows.push({
      what: '  CPU time of the server for each',
      target: null,
      measured: `${integer(ours!.cpu)} µs`,
      bare: `${integer(bare!.cpu)} µs`,
      ratio: ours!.cpu / bare!.cpu,
      ok: null,
      values: { almagestMicroseconds: ours!.cpu, bareMicroseconds: bare!.cpu },
    });
  }
  if (peer) rows.push(beside(`  peer, ${SMALL.label}, 16 connections`, figures(peer), peer));
  return rows;
}

function latency(label: string, limit: number, [bare, ours, peer]: readonly LoadResult[]): Row[] {
  const ratio = ours!.p50 / bare!.p50;
  const rows: Row[] = [
    {
      what: `${label}, 1 connection`,
      target: `≤ ${limit} × bare p50`,
      measured: figures(ours!),
      bare: figures(bare!),
      ratio,
      ok: ratio <= limit,
      values: { bare, almagest: ours, peer: peer ?? null },
    },
  ];
  if (peer) rows.push(beside(`  peer, ${label}, 1 connection`, figures(peer), peer));
  return rows;
}

function figures({ requestsPerSecond, p50, p99 }: LoadResult): string {
  return `${integer(requestsPerSecond)} /s, p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}`;
}

function beside(what: string, measured: string, peer: LoadResult): Row {
  return { what, target: null, measured, bare: null, ratio: null, ok: null, values: { ...peer } };
}
