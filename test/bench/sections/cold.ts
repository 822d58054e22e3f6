import { startBareAnswer } from '../bare.ts';
import { ARCMIN, conePath, randomCones } from '../cones.ts';
import { median } from '../load.ts';
import { milliseconds } from '../report.ts';
import type { Section } from '../section.ts';
import { type MeasuredService, startService } from '../service.ts';
import { openConnection } from '../wire.ts';

const BARE_BYTES = 2000;
/** Milliseconds. */
const LIMIT = 40;

/** The first request that a fresh workerd ever gets: manifest, footer and row group are read for it. */
export const coldSection: Section = async ({ catalog, quick, say }, report) => {
  const samples = quick ? 3 : 11;
  const cones = randomCones(catalog.positions, samples, [ARCMIN, ARCMIN], 'both');
  const times: { ours: Sample; bare: Sample }[] = [];
  for (const [nth, cone] of cones.entries()) {
    say(`cold isolate ${nth + 1} of ${samples}`);
    const path = conePath(`http://service/scs/${catalog.name}`, cone);
    times.push({
      ours: await firstRequest(() => startService(catalog.bucketFolder), path),
      bare: await firstRequest(() => startBareAnswer(BARE_BYTES), '/'),
    });
  }
  const ours = median(times.map((sample) => sample.ours.firstByte));
  const bare = median(times.map((sample) => sample.bare.firstByte));
  report({
    what: 'first request of a cold isolate, to first byte',
    target: `≤ ${LIMIT} ms`,
    measured: `${milliseconds(ours)}, median of ${samples}`,
    bare: milliseconds(bare),
    ratio: ours / bare,
    ok: ours <= LIMIT,
    values: { milliseconds: times },
  });
  const startOurs = median(times.map((sample) => sample.ours.start));
  const startBare = median(times.map((sample) => sample.bare.start));
  report({
    what: '  before it: workerd starts, and compiles',
    target: null,
    measured: milliseconds(startOurs),
    bare: milliseconds(startBare),
    ratio: startOurs / startBare,
    ok: null,
    values: { almagestMilliseconds: startOurs, bareMilliseconds: startBare },
  });
};

/** Milliseconds. */
interface Sample {
  readonly start: number;
  readonly firstByte: number;
}

/** Of a service that is started for it. */
export async function firstRequest(start: () => Promise<MeasuredService>, path: string): Promise<Sample> {
  const started = performance.now();
  const service = await start();
  const listening = performance.now() - started;
  try {
    const connection = await openConnection(service.url);
    const { status, firstByte } = await connection.get(path);
    connection.destroy();
    if (status !== 200) throw new Error(`status ${status} from ${path}`);
    return { start: listening, firstByte };
  } finally {
    await service.close();
  }
}
