import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type pg from 'pg';
import { copyRows, createTable, type RowBatch } from '../../catalog-export/database/copy.ts';
import { indexPositions } from '../../catalog-export/database/positions-index.ts';
import { describeSchema, writeTable } from '../../catalog-export/database/tap-schema.ts';
import { inTransaction } from '../../catalog-export/database/transaction.ts';
import { readStars } from '../../catalog-export/demo/stars.ts';
import { loadFile } from '../../catalog-export/ingest/load.ts';
import type { Progress } from '../../catalog-export/progress.ts';
import { demoBucket } from '../demo-release.ts';
import { cachedBucket } from '../release-cache.ts';
import { GENERATED_ROWS, generatedStars, generatedTable } from './generated-stars.ts';

/** Positions in degrees, past PostgreSQL, export and service. */
export interface Positions {
  readonly id: Float64Array;
  readonly ra: Float64Array;
  readonly dec: Float64Array;
}

/** A catalogue to measure with. */
export interface BenchCatalog {
  /** `schema.table` */
  readonly name: string;
  readonly label: string;
  readonly positions: Positions;
  readonly bucketFolder: string;
  /** Name of a column of magnitudes. */
  readonly magnitude: string;
  /** Loads and publishes it in a database that has the demo. */
  load(client: pg.Client): Promise<void>;
}

export const CATALOGS = ['demo', 'tycho2', 'generated'] as const;
export type CatalogChoice = (typeof CATALOGS)[number];

/** What a release is made from. */
const SOURCES = ['package-lock.json', 'catalog-export/**/*', 'engine/catalog/*.ts'];

/** Why a catalogue cannot be had here; null where it can. */
export function unavailable(choice: CatalogChoice): string | null {
  return choice === 'tycho2' && !process.env.ALMAGEST_TEST_DATA
    ? 'ALMAGEST_TEST_DATA is not set: give the folder of tycho2.parquet'
    : null;
}

/** @param stopped rejects where its export is to be given up. */
export function openCatalog(
  choice: CatalogChoice,
  progress: Progress,
  stopped: Promise<never>,
): Promise<BenchCatalog> {
  const reason = unavailable(choice);
  if (reason !== null) throw new Error(`${choice}: ${reason}`);
  return { demo, tycho2, generated }[choice](progress, stopped);
}

async function demo(): Promise<BenchCatalog> {
  const rows = await readStars();
  return {
    name: 'hipparcos.stars',
    label: `demo: ${count(rows.length)} stars, 9 columns`,
    positions: positionsOf(rows.length, rows as unknown as Iterable<readonly number[]>),
    bucketFolder: await demoBucket(),
    magnitude: 'vmag',
    load: async () => {},
  };
}

async function tycho2(progress: Progress, stopped: Promise<never>): Promise<BenchCatalog> {
  const path = join(process.env.ALMAGEST_TEST_DATA!, 'tycho2.parquet');
  const load = async (client: pg.Client) => {
    const options = { main: {}, columns: null, description: null, metadata: new Map(), replace: false };
    await loadFile(client, path, 'tycho2.stars', options, progress);
  };
  const sources = [...SOURCES, path];
  const bucketFolder = await cachedBucket({ name: 'bench-tycho2', sources, load, progress, stopped });
  const stars = (await parquetReadObjects({
    file: await asyncBufferFromFile(path),
    compressors,
    columns: ['source_id', 'ra', 'dec'],
  })) as { source_id: bigint; ra: number; dec: number }[];
  return {
    name: 'tycho2.stars',
    label: `tycho2: ${count(stars.length)} stars, 4 columns`,
    positions: {
      id: Float64Array.from(stars, (star) => Number(star.source_id)),
      ra: Float64Array.from(stars, (star) => star.ra),
      dec: Float64Array.from(stars, (star) => star.dec),
    },
    bucketFolder,
    magnitude: 'vt_mag',
    load,
  };
}

async function generated(progress: Progress, stopped: Promise<never>): Promise<BenchCatalog> {
  const load = (client: pg.Client) =>
    inTransaction(client, async () => {
      progress.start('Loading generated.stars', GENERATED_ROWS);
      await createTable(client, generatedTable);
      await copyRows(client, generatedTable, reported(generatedStars(), progress));
      await describeSchema(client, generatedTable.schema, null);
      await writeTable(client, generatedTable);
      await indexPositions(client, generatedTable, { concurrently: false });
      progress.done();
    });
  const sources = [...SOURCES, 'test/bench/generated-stars.ts', 'test/bench/random.ts'];
  const bucketFolder = await cachedBucket({ name: 'bench-generated', sources, load, progress, stopped });
  return {
    name: 'generated.stars',
    label: `generated: ${count(GENERATED_ROWS)} stars, 10 columns, half of them near the galactic plane`,
    positions: positionsOf(GENERATED_ROWS, generatedRows()),
    bucketFolder,
    magnitude: 'g_mag',
    load,
  };
}

function* reported(batches: Iterable<RowBatch>, progress: Progress): Generator<RowBatch> {
  for (const batch of batches) {
    yield batch;
    progress.advance(batch.length);
  }
}

function* generatedRows(): Generator<readonly number[]> {
  for (const batch of generatedStars()) yield* batch as readonly (readonly number[])[];
}

/** Identifier, ra and dec are the first columns of each row. */
function positionsOf(length: number, rows: Iterable<readonly number[]>): Positions {
  const positions = {
    id: new Float64Array(length),
    ra: new Float64Array(length),
    dec: new Float64Array(length),
  };
  let row = 0;
  for (const [id, ra, dec] of rows) {
    positions.id[row] = id!;
    positions.ra[row] = ra!;
    positions.dec[row++] = dec!;
  }
  return positions;
}

const count = (rows: number) => rows.toLocaleString('en');
