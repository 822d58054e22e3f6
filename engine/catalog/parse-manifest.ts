import type { Column } from './column.ts';
import {
  COVERAGE_MAX_ORDER,
  type Coverage,
  FOOTPRINTS_VERSION,
  type FootprintIndex,
  type LeafEntry,
  MANIFEST_VERSION,
  type Manifest,
  type Pointer,
  type Skymap,
} from './manifest.ts';
import { expect, isCount, isObject, isSha256, type Json, parseJson } from './parse-json.ts';
import { isReleaseName } from './release-name.ts';
import type { Table } from './table.ts';

const isCrc32 = (value: unknown): boolean => isCount(value) && (value as number) <= 0xffffffff;
/** `xmin:xmax:xip,…` (PostgreSQL, pg_snapshot). */
const isSnapshot = (text: string): boolean => /^\d+:\d+:(\d+(,\d+)*)?$/.test(text);
const isIndex = (value: unknown): boolean => typeof value === 'string' && /^\d{1,19}$/.test(value);

function checkLeaf(leaf: unknown, where: string): asserts leaf is LeafEntry {
  expect(isObject(leaf), `${where} is not an object`);
  for (const name of ['rows', 'rowGroups', 'bytes']) {
    expect(isCount(leaf[name]), `${where}.${name} is not a count`);
  }
  expect(isCrc32(leaf.crc32), `${where}.crc32 is not a CRC-32`);
  expect(isIndex(leaf.first), `${where} has no first cell`);
}

function checkTable(table: unknown): asserts table is Table {
  expect(isObject(table), 'table is not an object');
  expect(typeof table.schema === 'string' && typeof table.name === 'string', 'table has no name');
  expect(Array.isArray(table.columns) && table.columns.length > 0, 'table has no columns');
  for (const column of table.columns as Partial<Column>[]) {
    expect(isObject(column) && typeof column.name === 'string', 'table has a column without a name');
    expect(typeof column.datatype === 'string', `column ${column.name} has no datatype`);
  }
  if (table.enumerations !== undefined) checkEnumerations(table.enumerations);
}

function checkEnumerations(enumerations: unknown): void {
  expect(Array.isArray(enumerations), 'table.enumerations is not a list');
  for (const enumeration of enumerations as unknown[]) {
    expect(isObject(enumeration) && typeof enumeration.name === 'string', 'an enumeration has no name');
    const { name, members } = enumeration as Json;
    const named =
      Array.isArray(members) && members.every((each) => isObject(each) && typeof each.name === 'string');
    expect(named, `enumeration ${name} has members without names`);
  }
}

function checkMargin({ margin, skymap }: Json): void {
  if (margin === null) return;
  expect(typeof margin === 'number' && margin > 0, 'margin is neither null nor a number of arcseconds');
  expect(skymap !== null, 'it has a margin, but no skymap');
}

/** Where on the sky the rows lie; nothing of a table without positions. */
function checkSky(skymap: unknown, coverage: unknown, rows: unknown): void {
  expect((skymap === null) === (coverage === null), 'it has only one of skymap and coverage');
  if (skymap === null) return;
  checkSkymap(skymap, rows);
  checkCoverage(coverage, skymap);
}

function checkSkymap(skymap: unknown, rows: unknown): asserts skymap is Skymap {
  expect(isObject(skymap) && isCount(skymap.order) && Array.isArray(skymap.rows), 'skymap is not a map');
  const counts = skymap.rows as unknown[];
  expect(counts.length === 12 * 4 ** (skymap.order as number), 'skymap.rows has not one count for each cell');
  expect(counts.every(isCount), 'skymap.rows has what is no count');
  const sum = (counts as number[]).reduce((total, count) => total + count, 0);
  expect(sum === rows, 'rows is not the sum of the skymap');
}

/** Every cell of the sky map that has rows is covered, at least in part. */
function checkCoverage(coverage: unknown, skymap: Skymap): asserts coverage is Coverage {
  expect(
    isObject(coverage) && isCount(coverage.order) && Array.isArray(coverage.ranges),
    'coverage is no MOC',
  );
  const { order, ranges } = coverage as unknown as Coverage;
  expect(order <= COVERAGE_MAX_ORDER && ranges.length % 2 === 0, 'coverage is no MOC');
  expect(
    ranges.every((border, at) => isCount(border) && border > (ranges[at - 1] ?? -1)),
    'coverage.ranges are not in ascending order',
  );
  expect((ranges.at(-1) ?? 0) <= 12 * 4 ** order, 'coverage.ranges go beyond the last cell');
  const size = 4 ** (order - skymap.order);
  let range = 0;
  skymap.rows.forEach((rows, cell) => {
    while (range < ranges.length && ranges[range + 1]! <= cell * size) range += 2;
    expect(
      rows === 0 || ranges[range]! < (cell + 1) * size,
      `coverage leaves out cell ${cell} of the skymap`,
    );
  });
}

/** Where the rows come from, and the list of the files that they went to. */
function checkOrigin({ files, snapshot, state, history }: Json): void {
  expect(isObject(files) && isCount(files.bytes), 'files.bytes is not a count');
  expect(isSha256(files.sha256), 'files.sha256 is not a SHA-256');
  expect(typeof snapshot === 'string' && isSnapshot(snapshot), 'snapshot is not a snapshot of PostgreSQL');
  expect(state === null || typeof state === 'string', 'state is neither null nor a text');
  expect(history === null || typeof history === 'string', 'history is neither null nor a text');
}

function checkFootprints(footprints: unknown): asserts footprints is FootprintIndex {
  expect(isObject(footprints) && isObject(footprints.chunks), 'footprints is no index');
  const { version, blocks, reach } = footprints;
  expect(
    version === FOOTPRINTS_VERSION,
    `footprints has version ${JSON.stringify(version)}: ${FOOTPRINTS_VERSION} is understood; export the catalogue again`,
  );
  expect(Array.isArray(blocks) && blocks.every(isCount), 'footprints has blocks that have no size');
  const { order, first, entries, bytes, crc32 } = footprints.chunks;
  const columns = [order, first, entries, bytes, crc32];
  const length = Array.isArray(order) ? order.length : -1;
  const counts = (column: unknown) =>
    Array.isArray(column) && column.length === length && column.every(isCount);
  expect(columns.every(counts) && (crc32 as unknown[]).every(isCrc32), 'footprints is no index');
  expect(reach === undefined || (typeof reach === 'number' && reach >= 0), 'footprints.reach is no angle');
  const [orders, firsts] = [order as number[], first as number[]];
  expect(
    orders.every((value, at) => value <= MOST_FOOTPRINT_ORDER && firsts[at]! < 12 * 4 ** value),
    'footprints has a cell that there is not',
  );
  expect(
    orders.every((value, at) => {
      const before = orders[at - 1] ?? 0;
      return value > before || (value === before && firsts[at]! >= (firsts[at - 1] ?? 0));
    }),
    'footprints is not in ascending order',
  );
}

/** A cell is a number of JavaScript's. */
const MOST_FOOTPRINT_ORDER = 24;

function checkManifest(manifest: unknown): asserts manifest is Manifest {
  expect(isObject(manifest), 'is not a JSON object');
  expect(
    manifest.version === MANIFEST_VERSION,
    `has version ${JSON.stringify(manifest.version)}: ${MANIFEST_VERSION} is understood; export the catalogue again`,
  );
  for (const name of ['catalog', 'release', 'created']) {
    expect(typeof manifest[name] === 'string', `${name} is not a string`);
  }
  for (const name of ['rows', 'rowsWithoutPosition', 'partitions', 'bytes'])
    expect(isCount(manifest[name]), `${name} is not a count`);
  checkTable(manifest.table);
  checkOrigin(manifest);
  checkSky(manifest.skymap, manifest.coverage, manifest.rows);
  checkMargin(manifest);
  if (manifest.footprints !== undefined) checkFootprints(manifest.footprints);
  expect(Array.isArray(manifest.leaves), 'leaves is not a list');
  manifest.leaves.forEach((leaf, at) => {
    checkLeaf(leaf, `leaves[${at}]`);
  });
  const { leaves, rows } = manifest as unknown as Manifest;
  expect(rows === leaves.reduce((sum, leaf) => sum + leaf.rows, 0), 'rows is not the sum of its leaves');
  expect(
    leaves.every(({ first }, at) => at === 0 || BigInt(first) >= BigInt(leaves[at - 1]!.first)),
    'leaves are not in ascending order',
  );
}

/** @throws CorruptReleaseError naming the key and the member that is wrong. */
export function parseManifest(key: string, bytes: Uint8Array): Manifest {
  return parseJson(key, bytes, checkManifest);
}

/** @throws CorruptReleaseError naming the key. */
export function parsePointer(key: string, bytes: Uint8Array): Pointer {
  return parseJson(key, bytes, (pointer: unknown): asserts pointer is Pointer => {
    expect(isObject(pointer) && isReleaseName(pointer.release), 'it names no release');
  });
}
