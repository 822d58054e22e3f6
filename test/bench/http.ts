import { demoBucket } from '../demo-release.ts';
import { request } from '../http.ts';
import { type RunningService, startWorkerd } from '../service.ts';
import { startBareAnswer } from './bare.ts';
import { allPositions, randomCones } from './cones.ts';
import { type LoadResult, load, quantile } from './load.ts';

const CATALOG = 'hipparcos.stars';
const CONES = 2000;
const SAMPLE = 200;
const CONNECTIONS = [1, 16];

export interface HttpBench {
  /** Bytes of the median answer, without its headers; the bare answer has as many. */
  readonly answerBytes: number;
  readonly results: readonly LoadResult[];
}

/**
 * Cone searches over the demo's stars, on bare workerd as `npm start` runs it, and beside them a constant answer of the same size: in turn,
 * under the same load.
 */
export async function benchHttp(seconds: number, report: (result: LoadResult) => void): Promise<HttpBench> {
  const bucketFolder = await demoBucket();
  const open: { close(): Promise<void> }[] = [];
  try {
    const wide = { MAX_RADIUS: '180' };
    const warm = await startWorkerd({ bucketFolder, variables: wide });
    open.push(warm);
    const uncached = await startWorkerd({ bucketFolder, variables: { ...wide, CACHE_BYTES: '1' } });
    open.push(uncached);
    const paths = randomCones(CATALOG, await allPositions(warm.url, CATALOG), CONES);
    const answerBytes = await medianBytes(warm, paths.slice(0, SAMPLE));
    const bare = await startBareAnswer(answerBytes);
    open.push(bare);

    const subjects = [
      { name: 'workerd, constant answer', url: bare.url, paths: ['/'] },
      { name: 'cone search', url: warm.url, paths },
      { name: 'cone search, no row cache', url: uncached.url, paths },
    ];
    const results: LoadResult[] = [];
    for (const connections of CONNECTIONS) {
      for (const subject of subjects) {
        await load({ ...subject, connections, seconds: 1 });
        const result = await load({ ...subject, connections, seconds });
        report(result);
        results.push(result);
      }
    }
    return { answerBytes, results };
  } finally {
    for (const service of open.reverse()) await service.close();
  }
}

async function medianBytes({ url }: RunningService, paths: readonly string[]): Promise<number> {
  const sizes: number[] = [];
  for (const path of paths) sizes.push((await request(url + path)).body.length);
  return quantile(
    sizes.sort((a, b) => a - b),
    0.5,
  );
}
