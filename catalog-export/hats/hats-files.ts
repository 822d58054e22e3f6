import type { Table } from '../../engine/catalog/table.ts';
import { type DataFooter, mergeFooters } from './footer.ts';
import { emptyParquetFile } from './parquet-file.ts';
import type { DataFile } from './partition.ts';
import { type HatsCatalog, type HatsTable, hatsProperties, marginProperties } from './properties.ts';

export interface HatsFile {
  /** Relative to the catalogue's root. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface Footers {
  /** Of the partitions, in their order; paths are relative to the catalogue's root. Null where there are too many. */
  readonly footers: readonly DataFooter[] | null;
}

const DATASET = 'dataset/';

/**
 * The files that tell Parquet readers of all data files together.
 * @param footers of the data files, in their order; paths are relative to the catalogue's root. Null where they are too many to be read
 * together: then there is no `_metadata`, which HATS does not ask for.
 */
export function datasetFiles(table: Table, footers: readonly DataFooter[] | null): HatsFile[] {
  const schema = emptyParquetFile(table);
  const common = { path: `${DATASET}_common_metadata`, bytes: schema };
  if (footers === null) return [common];
  const footersInDataset = footers.map(({ path, footer }) => ({ path: path.slice(DATASET.length), footer }));
  return [common, { path: `${DATASET}_metadata`, bytes: mergeFooters(schema, footersInDataset) }];
}

/** The files that make data files a HATS 1.0 catalogue. */
export function hatsFiles(catalog: HatsCatalog & Footers): HatsFile[] {
  return filesOf(catalog, hatsProperties(catalog));
}

/** The files that make data files the margin of one. */
export function marginFiles(margin: HatsTable & Footers, arcsec: number): HatsFile[] {
  return filesOf(margin, marginProperties(margin, arcsec));
}

function filesOf({ table, partitions, footers }: HatsTable & Footers, properties: string): HatsFile[] {
  return [
    ...datasetFiles(table, footers),
    textFile('partition_info.csv', partitionInfo(partitions)),
    textFile('hats.properties', properties),
    // The name before HATS 1.0, which readers of today still look for.
    textFile('properties', properties),
  ];
}

export function textFile(path: string, text: string): HatsFile {
  return { path, bytes: new TextEncoder().encode(text) };
}

function partitionInfo(partitions: readonly DataFile[]): string {
  return `Norder,Npix\n${partitions.map(({ order, pixel }) => `${order},${pixel}\n`).join('')}`;
}
