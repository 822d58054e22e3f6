import { startBareAnswer } from '../bare.ts';
import { ARCMIN, ARCSEC, type Centres, type Cone, conePath, randomCones } from '../cones.ts';
import { askAll, compare, figures, type LoadResult, median, ratioOf, type Subject } from '../load.ts';
import { integer, type Row } from '../report.ts';
import type { BenchContext, Section } from '../section.ts';
import { type MeasuredService, startService } from '../service.ts';
import { openConnection } from '../wire.ts';

interface Kind {
  readonly label: string;
  readonly centres: Centres;
  readonly count: number;
  /** Degrees. */
  readonly radii: readonly [number, number];
  /** Loads to measure, and the largest p50 at one connection, in units of the constant answer's. */
  readonly connections: readonly number[];
  readonly slowest: number;
}

const SMALL = { count: 20_000, radii: [ARCSEC, 6 * ARCMIN], connections: [16, 1], slowest: 3 } as const;
const KINDS: readonly Kind[] = [
  { ...SMALL, label: '1″–6′ cones anywhere', centres: 'anywhere' },
  { ...SMALL, label: '1″–6′ cones around stars', centres: 'stars' },
  { label: '1° cones', centres: 'both', count: 2000, radii: [1, 1], connections: [1], slowest: 10 },
];
const SAMPLE = 400;
const ROUNDS = 5;
/** Seconds. */
const WARM_UP = 0.5;
/** Clients that fill the caches. */
const FILLING = 8;
/** Of the cones, where it has to be quick. */
const QUICK_SHARE = 1 / 4;
/** Of the requests a second of the constant answer: in the median of the rounds, and in each. */
const SHARE = { median: 0.4, least: 0.2 };

/** Cones under load, beside a constant answer as long as the median one, and beside a peer. */
export const conesSection: Section = async (context, report) => {
  const { catalog, quick, say } = context;
  const service = await startService(catalog.bucketFolder);
  try {
    for (const kind of KINDS) {
      say(`${kind.label}: filling the caches`);
      const count = Math.ceil(kind.count * (quick ? QUICK_SHARE : 1));
      const cones = randomCones(catalog.positions, count, kind.radii, kind.centres);
      await withSubjects(context, service, cones, async (subjects) => {
        for (const connections of kind.connections) {
          say(`${kind.label}, ${inWords(connections)}`);
          const options = { connections, seconds: context.seconds, warmUp: WARM_UP, rounds: ROUNDS };
          const [bare, ours, peer] = subjects;
          const others = peer ? [await atItsBest(peer, connections)] : [];
          const results = await compare([bare!, ours!, ...others], options);
          const what = `${kind.label}, ${inWords(connections)}`;
          for (const row of connections === 1
            ? latency(what, kind.slowest, results)
            : throughput(what, results))
            report(row);
        }
      });
    }
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
  await askAll(service.url, paths, FILLING);
  const bare = await startBareAnswer(await medianBytes(service.url, paths));
  try {
    const cpu = (of: MeasuredService) => () => of.usage()?.cpu ?? null;
    const subjects: Subject[] = [
      { name: 'bare', url: bare.url, keepAlive: true, paths: ['/'], cpu: cpu(bare) },
      { name: 'almagest', url: service.url, keepAlive: true, paths, cpu: cpu(service) },
    ];
    if (peer !== null) {
      const theirs = cones.map((cone) => conePath(peer, cone));
      const url = new URL(peer).origin;
      subjects.push({ name: 'peer', url, keepAlive: true, paths: theirs, cpu: () => null });
    }
    await use(subjects);
  } finally {
    await bare.close();
  }
}

/**
 * A service as it is quickest: with connections that are kept alive, or one for each request. The former is slow where an answer is sent
 * in small pieces, each of which waits until the last is acknowledged (RFC 896).
 */
async function atItsBest(subject: Subject, connections: number): Promise<Subject> {
  const ways = [subject, { ...subject, keepAlive: false }];
  const [kept, closed] = await compare(ways, { connections, seconds: 1, warmUp: 0.5, rounds: 1 });
  return ways[kept!.requestsPerSecond >= closed!.requestsPerSecond ? 0 : 1]!;
}

async function medianBytes(url: string, paths: readonly string[]): Promise<number> {
  const connection = await openConnection(url);
  const sizes: number[] = [];
  for (const path of paths.slice(0, SAMPLE)) sizes.push((await connection.get(path)).bytes);
  connection.destroy();
  return median(sizes);
}

function throughput(what: string, [bare, ours, peer]: readonly LoadResult[]): Row[] {
  const ratio = ratioOf(ours!, bare!, ({ requestsPerSecond }) => requestsPerSecond);
  const rows: Row[] = [
    {
      what,
      target: `≥ ${SHARE.median} of bare requests/s, never < ${SHARE.least}`,
      measured: figures(ours!),
      bare: figures(bare!),
      ratio: ratio.median,
      spread: [ratio.least, ratio.greatest],
      ok: ratio.median >= SHARE.median && ratio.least >= SHARE.least,
      values: { bare, almagest: ours, peer: peer ?? null },
    },
  ];
  if (ours!.cpu !== null && bare!.cpu !== null) {
    rows.push({
      what: '  CPU time of the server for each',
      target: null,
      measured: `${integer(ours!.cpu)} µs`,
      bare: `${integer(bare!.cpu)} µs, load generator ${integer(bare!.generatorCpu)} µs`,
      ratio: ours!.cpu / bare!.cpu,
      ok: null,
      values: { almagestMicroseconds: ours!.cpu, bareMicroseconds: bare!.cpu },
    });
  }
  if (peer) rows.push(beside(peer, ours!));
  return rows;
}

function latency(what: string, slowest: number, [bare, ours, peer]: readonly LoadResult[]): Row[] {
  const ratio = ratioOf(ours!, bare!, ({ p50 }) => p50);
  const rows: Row[] = [
    {
      what,
      target: `≤ ${slowest} × bare p50`,
      measured: figures(ours!),
      bare: figures(bare!),
      ratio: ratio.median,
      spread: [ratio.least, ratio.greatest],
      ok: ratio.median <= slowest,
      values: { bare, almagest: ours, peer: peer ?? null },
    },
  ];
  if (peer) rows.push(beside(peer, ours!));
  return rows;
}

/** The peer's figures, in the place of ours, and what ours are to them. */
function beside(peer: LoadResult, ours: LoadResult): Row {
  const faster = ours.requestsPerSecond / peer.requestsPerSecond;
  return {
    what: `  the other service (ours: ${faster.toFixed(faster < 10 ? 1 : 0)} × its requests/s)`,
    target: null,
    measured: figures(peer),
    bare: null,
    ratio: null,
    ok: null,
    values: { peer, ratioOfRequestsPerSecond: faster, ratioOfP50: ours.p50 / peer.p50 },
  };
}

const inWords = (connections: number) => `${connections} connection${connections === 1 ? '' : 's'}`;
