import { COLLECTED_CATALOG, HEALPIX_COLUMN } from '../../engine/catalog/manifest.ts';
import { mainColumns, qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { type Moc, skyFraction } from '../../engine/healpix-wasm/moc.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { DataFile } from './partition.ts';
import type { SkymapOrders } from './skymap.ts';

/** What the properties of a catalogue and of its margin tell alike. */
export interface HatsTable {
  readonly table: Table;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly partitions: readonly DataFile[];
}

export interface HatsCatalog extends HatsTable {
  /** Most rows of a partition above the highest order. */
  readonly maxRows: number;
  /** Most bytes of its rows, as they come from PostgreSQL. */
  readonly maxBytes: number;
  readonly skymap: SkymapOrders;
  /** Where its rows lie. */
  readonly moc: Moc;
}

type Property = readonly [name: string, value: string | null];

const BUILDER = `almagest v${packageJson.version}`;

/** Date of the HATS specification that the layout follows (IVOA Note HATS 1.0). */
const HATS_RELEASE_DATE = '2025-08-22';
const KILOBYTE = 1024;

/** Content of `hats.properties` (HATS 1.0, "Properties"), which is also that of the older `properties`. */
export function hatsProperties(catalog: HatsCatalog): string {
  const { table, skymap, moc } = catalog;
  const { id } = mainColumns(table);
  return propertiesText('HATS catalog', [
    ['obs_collection', qualifiedName(table)],
    ['dataproduct_type', 'object'],
    ['obs_description', table.description],
    ...tableProperties(catalog),
    ['hats_cols_survey_id', listOf([id.name])],
    ['hats_max_rows', `${catalog.maxRows}`],
    ['hats_max_bytes', `${catalog.maxBytes}`],
    ['hats_skymap_order', `${skymap.order}`],
    ['hats_skymap_alt_orders', listOf(skymap.others.map(String))],
    ['moc_sky_fraction', `${Number(skyFraction(moc).toPrecision(5))}`],
    ...provenance(catalog.created),
  ]);
}

/** The same of the margin of a catalogue. */
export function marginProperties(margin: HatsTable, arcsec: number): string {
  return propertiesText('HATS catalog', [
    ['obs_collection', `${qualifiedName(margin.table)}_${arcsec}arcs`],
    ['dataproduct_type', 'margin'],
    ['hats_primary_table_url', COLLECTED_CATALOG],
    ['hats_margin_threshold', `${arcsec}`],
    ...tableProperties(margin),
    ...provenance(margin.created),
  ]);
}

/**
 * Content of `collection.properties`, by which readers find a catalogue and its margin.
 * @param margin name of its folder.
 */
export function collectionProperties(table: Table, created: string, margin: string): string {
  return propertiesText('HATS Collection', [
    ['obs_collection', qualifiedName(table)],
    ['obs_description', table.description],
    ['hats_primary_table_url', COLLECTED_CATALOG],
    ['all_margins', margin],
    ['default_margin', margin],
    ...provenance(created),
  ]);
}

function tableProperties({ table, partitions }: HatsTable): Property[] {
  const sum = (of: (partition: DataFile) => number) =>
    partitions.reduce((total, partition) => total + of(partition), 0);
  const { ra, dec } = mainColumns(table);
  return [
    ['hats_nrows', `${sum(({ rows }) => rows)}`],
    ['hats_col_ra', ra.name],
    ['hats_col_dec', dec.name],
    ['hats_cols_default', defaultColumns(table)],
    ['hats_frame', 'equatorial'],
    ['hats_col_healpix', HEALPIX_COLUMN],
    ['hats_col_healpix_order', '29'],
    ['hats_npix_suffix', '.parquet'],
    ['hats_order', `${partitions.reduce((deepest, { order }) => Math.max(deepest, order), 0)}`],
    ['hats_estsize', `${Math.ceil(sum(({ bytes }) => bytes) / KILOBYTE)}`],
  ];
}

function provenance(created: string): Property[] {
  return [
    ['hats_builder', BUILDER],
    ['hats_creation_date', `${created.slice(0, 16)}Z`],
    ['hats_release_date', HATS_RELEASE_DATE],
    ['hats_version', 'v1.0'],
  ];
}

/** The principal columns and the position, without which LSDB finds nothing near a place. */
function defaultColumns(table: Table): string | null {
  const { ra, dec } = mainColumns(table);
  const columns = table.columns.filter((column) => column.principal || column === ra || column === dec);
  return listOf(columns.map(({ name }) => name));
}

/** HATS lists are separated by spaces: where a name holds one, there is no list, and readers take all columns. */
function listOf(names: readonly string[]): string | null {
  return names.some((name) => /[\s,;]/.test(name)) ? null : names.join(' ');
}

function propertiesText(comment: string, properties: readonly Property[]): string {
  const lines = properties
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${escapeValue(value!)}`);
  return `#${comment}\n${lines.join('\n')}\n`;
}

/** A value in a Java properties file: the backslash escapes, and a line end would end it. */
function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replace(/\s+/g, ' ').trim();
}
