import type { Table } from '../../engine/catalog/table.ts';
import type { Moc } from '../../engine/healpix-wasm/moc.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { type DataFooter, mergeFooters } from './footer.ts';
import { emptyParquetFile } from './parquet-file.ts';
import type { DataFile } from './partition.ts';
import { hatsProperties } from './properties.ts';
import type { SkymapOrders } from './skymap.ts';

export interface HatsFile {
  /** Relative to the catalogue's root. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface HatsContent {
  readonly table: Table;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly partitions: readonly DataFile[];
  /** Of the partitions, in their order; paths are relative to the catalogue's root. Null where there are too many. */
  readonly footers: readonly DataFooter[] | null;
  /** Most rows of a partition above the highest order. */
  readonly maxRows: number;
  readonly skymap: SkymapOrders;
  /** Where the rows lie. */
  readonly moc: Moc;
}

const DATASET = 'dataset/';

/**
 * The files that tell Parquet readers of all data files together.
 * @param footers of the data files, in their order; paths are relative to the release. Null where they are too many to be read together:
 * then there is no `_metadata`, which HATS does not ask for.
 */
export function datasetFiles(table: Table, footers: readonly DataFooter[] | null): HatsFile[] {
  const schema = emptyParquetFile(table);
  const common = { path: `${DATASET}_common_metadata`, bytes: schema };
  if (footers === null) return [common];
  const footersInDataset = footers.map(({ path, footer }) => ({ path: path.slice(DATASET.length), footer }));
  return [common, { path: `${DATASET}_metadata`, bytes: mergeFooters(schema, footersInDataset) }];
}

/** The files that make data files a HATS 1.0 catalogue. */
export function hatsFiles(content: HatsContent): HatsFile[] {
  const { table, partitions, footers } = content;
  const properties = hatsProperties({ ...content, builder: `almagest v${packageJson.version}` });
  return [
    ...datasetFiles(table, footers),
    { path: 'partition_info.csv', bytes: encode(partitionInfo(partitions)) },
    { path: 'hats.properties', bytes: encode(properties) },
    // The name before HATS 1.0, which readers of today still look for.
    { path: 'properties', bytes: encode(properties) },
  ];
}

function partitionInfo(partitions: readonly DataFile[]): string {
  return `Norder,Npix\n${partitions.map(({ order, pixel }) => `${order},${pixel}\n`).join('')}`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
