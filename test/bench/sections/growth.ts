import { loadKernel } from '../../../engine/healpix-wasm/node.ts';
import { touches } from '../../../engine/healpix-wasm/ranges.ts';
import type { BenchCatalog } from '../catalogs.ts';
import { ARCMIN, ARCSEC, type Cone, conePath, randomCones } from '../cones.ts';
import { type GrownRelease, growRelease } from '../grown-release.ts';
import { compare, figures, median, ratioOf, type Subject } from '../load.ts';
import { integer, kilobytes, megabytes, milliseconds } from '../report.ts';
import type { Section } from '../section.ts';
import { startInspectedService, startService } from '../service.ts';
import { openConnection } from '../wire.ts';
import { firstRequest } from './cold.ts';

const ROWS = 2_000_000_000;
const LABEL = '2 × 10⁹ rows';
const TARGET = 1.3;
/** Milliseconds to the first byte of a cold isolate. */
const COLD = 40;
const CANDIDATES = 60_000;
/** The part of the sky whose cones need no more leaves than an isolate keeps: one in so many row groups. */
const PART = 40;
const ROUNDS = 5;
/** Cones after which the memory of an isolate is looked at. */
const MEMORY_CONES = 4000;

/** The same cones of the same rows, in the release as it is and in one whose index is that of 2 × 10⁹ rows. */
export const growthSection: Section = async ({ catalog, quick, seconds, say }, report) => {
  say(`growth: the index of ${integer(ROWS)} rows`);
  const grown = await growRelease(catalog, ROWS);
  const { everywhere, part } = conesOfRealRows(catalog, grown);
  const path = (cone: Cone) => conePath(`http://service/scs/${catalog.name}`, cone);

  for (const [where, cones, warmUp] of [
    ['in one part of the sky', part, seconds / 2],
    ['over the whole sky', everywhere, seconds],
  ] as const) {
    say(`growth: cones ${where}`);
    const services = [await startService(catalog.bucketFolder), await startService(grown.bucketFolder)];
    try {
      const subjects = services.map(
        (service, nth): Subject => ({
          name: nth === 0 ? 'as it is' : 'grown',
          url: service.url,
          keepAlive: true,
          paths: cones.map(path),
          cpu: () => service.usage()?.cpu ?? null,
        }),
      );
      const options = { connections: 1, seconds, warmUp, rounds: ROUNDS };
      const [small, large] = await compare(subjects, options);
      const ratio = ratioOf(large!, small!, ({ p50 }) => p50);
      report({
        what: `${LABEL}: 1″–6′ cones ${where}`,
        target: `≤ ${TARGET} × p50 of the release as it is`,
        measured: figures(large!),
        bare: `as it is: ${figures(small!)}`,
        ratio: ratio.median,
        spread: [ratio.least, ratio.greatest],
        ok: ratio.median <= TARGET,
        values: { small, large, cones: cones.length },
      });
    } finally {
      for (const service of services) await service.close();
    }
  }

  const samples = quick ? 3 : 7;
  const times: { small: number; large: number }[] = [];
  for (const [nth, cone] of everywhere.slice(0, samples).entries()) {
    say(`growth: cold isolate ${nth + 1} of ${samples}`);
    const first = async (folder: string) =>
      (await firstRequest(() => startService(folder), path(cone))).firstByte;
    // Neither is always the one that finds the files in the system's cache.
    const before = nth % 2 === 0 ? null : await first(grown.bucketFolder);
    const small = await first(catalog.bucketFolder);
    times.push({ small, large: before ?? (await first(grown.bucketFolder)) });
  }
  const [small, large] = [median(times.map((time) => time.small)), median(times.map((time) => time.large))];
  report({
    what: `${LABEL}: first request of a cold isolate`,
    target: `≤ ${COLD} ms to first byte`,
    measured: `${milliseconds(large)}, median of ${samples}`,
    bare: `as it is: ${milliseconds(small)}`,
    ratio: large / small,
    ok: large <= COLD,
    values: { milliseconds: times },
  });

  say('growth: memory of the isolate');
  const paths = everywhere.slice(0, MEMORY_CONES).map(path);
  const held = {
    small: await memoryAfter(catalog.bucketFolder, paths),
    large: await memoryAfter(grown.bucketFolder, paths),
  };
  const { leaves } = grown.manifest;
  report({
    what: `${LABEL}: memory after ${integer(paths.length)} cones`,
    target: null,
    measured: `${megabytes(held.large)}, garbage collected`,
    bare: `as it is: ${megabytes(held.small)}`,
    ratio: held.large / held.small,
    ok: null,
    values: { heldBytes: held },
  });
  report({
    what: '  manifest; one leaf; all leaves',
    target: null,
    measured: `${kilobytes(grown.manifestBytes)}; ${kilobytes(grown.indexBytes / leaves.length)}; ${megabytes(grown.indexBytes)}`,
    bare: null,
    ratio: null,
    ok: null,
    values: {
      manifestBytes: grown.manifestBytes,
      indexBytes: grown.indexBytes,
      leaves: leaves.length,
      rows: grown.manifest.rows,
      rowGroups: leaves.reduce((sum, { rowGroups }) => sum + rowGroups, 0),
    },
  });
};

/** Cones around stars that touch no simulated row group: over the whole sky, and those in the middle of the index. */
function conesOfRealRows({ positions }: BenchCatalog, { simulated, first }: GrownRelease) {
  const kernel = loadKernel();
  const [from, to] = [
    first[first.length >> 1]!,
    first[(first.length >> 1) + Math.ceil(first.length / PART)]!,
  ];
  const everywhere: Cone[] = [];
  const part: Cone[] = [];
  for (const cone of randomCones(positions, CANDIDATES, [ARCSEC, 6 * ARCMIN], 'stars')) {
    const ranges = kernel.coneRanges({ lon: cone.ra, lat: cone.dec, radius: cone.radius });
    if (touches(ranges, simulated)) continue;
    everywhere.push(cone);
    if (ranges.start[0]! >= from && ranges.end.at(-1)! <= to) part.push(cone);
  }
  return { everywhere, part };
}

/** Bytes that an isolate holds after the requests. */
async function memoryAfter(bucketFolder: string, paths: readonly string[]): Promise<number> {
  const service = await startInspectedService(bucketFolder);
  try {
    const connection = await openConnection(service.url);
    for (const path of paths) {
      const { status } = await connection.get(path);
      if (status !== 200) throw new Error(`status ${status} from ${path}`);
    }
    connection.destroy();
    return (await service.isolate.held()).total;
  } finally {
    await service.close();
  }
}
