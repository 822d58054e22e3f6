import { AdqlCheckError } from '../../engine/adql/errors.ts';
import type { NamedTable, Statement } from '../../engine/adql/syntax-tree.ts';
import { manifestKey } from '../../engine/catalog/manifest.ts';
import type { Release } from '../../engine/catalog/release.ts';
import { compareReleases, isReleaseName } from '../../engine/catalog/release-name.ts';
import { removedReleases } from '../../engine/catalog/removed-releases.ts';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import type { Engine } from '../../engine/engine.ts';
import { nodesOf } from '../../engine/plan/tree.ts';
import { remembered } from '../../engine/remembered.ts';
import { listFolder, readObject } from '../../engine/storage/reading.ts';
import { describeFailure } from '../failure.ts';
import { DamagedTableError, type Published } from './published.ts';

/** Releases that a query names at most: each is opened for it. */
const MOST = 20;
/** Releases that an error lists, on either side of the one that is not there. */
const LISTED = 3;

/** What a query may name besides the published tables: those of earlier releases, as in `survey."stars@2026-11-20"`. */
export type DatedTables = ReadonlyMap<Table, Release>;

/** The table of a release, under the name that says which. */
const datedTable = remembered(
  ({ manifest: { table, release } }: Release): Table => ({
    ...table,
    name: `${table.name}@${release}`,
  }),
);

/**
 * The tables of releases that a statement names by their dates.
 * @throws AdqlCheckError where a published table has no such release; DamagedTableError where it cannot be opened.
 * @throws StorageError where the bucket cannot be read.
 */
export async function datedTables(
  engine: Engine,
  statement: Statement,
  published: Published,
): Promise<DatedTables> {
  const found = new Map<Table, Release>();
  for (const node of nodesOf(statement)) {
    if (node.kind !== 'named-table') continue;
    const named = datedName(node as NamedTable, published);
    if (named === null) continue;
    const release = await openDated(engine, named);
    found.set(datedTable(release), release);
    if (found.size <= MOST) continue;
    throw new AdqlCheckError(`A query names at most ${MOST} releases by their dates`, named.node.position);
  }
  return found;
}

interface DatedName {
  readonly node: NamedTable;
  readonly latest: Release;
  readonly release: string;
}

/** Null for a name without a date, or of no published table: about that one the checker has words. */
function datedName(node: NamedTable, { releases }: Published): DatedName | null {
  const { parts } = node.table;
  const written = parts.at(-1)!.name;
  const at = written.lastIndexOf('@');
  if (at < 0 || parts.length > 2) return null;
  const [name, schema] = [written.slice(0, at), parts.length === 2 ? parts[0]! : null];
  const isMeant = (table: Table) =>
    table.name === name &&
    (schema === null ||
      (schema.delimited
        ? table.schema === schema.name
        : table.schema.toLowerCase() === schema.name.toLowerCase()));
  const [latest, ...others] = [...releases].flatMap(([table, release]) => (isMeant(table) ? [release] : []));
  return latest === undefined || others.length > 0 ? null : { node, latest, release: written.slice(at + 1) };
}

async function openDated(engine: Engine, { node, latest, release }: DatedName): Promise<Release> {
  if (release === latest.manifest.release) return latest;
  const { catalog, table } = latest.manifest;
  const opened = await engine.catalogs.open(catalog, release).catch((error) => {
    throw new DamagedTableError(`${catalog}@${release}`, describeFailure(error));
  });
  if (opened !== null) return opened;
  const removed = (await removedReleases(engine.storage, catalog)).some((one) => one.release === release);
  const near = await nearestReleases(engine, catalog, release);
  const names = near.map((each) => `"${table.name}@${each}"`).join(', ');
  throw new AdqlCheckError(
    `There is no release “${release}” of ${qualifiedName(table)}${removed ? ' any more' : ''}${names === '' ? '' : `: about that time there are ${names}`}`,
    node.table.position,
  );
}

/** Those that were made about then, in order; the latest ones where the name is no date. */
async function nearestReleases(engine: Engine, catalog: string, release: string): Promise<string[]> {
  const stored = (await listFolder(engine.storage, catalog)).filter(isReleaseName).sort(compareReleases);
  const isEarlier = (each: string) => !isReleaseName(release) || compareReleases(each, release) < 0;
  const before = await complete(stored.filter(isEarlier).reverse());
  const after = await complete(stored.filter((each) => !isEarlier(each)));
  return [...before.reverse(), ...after];

  /** One without a manifest is unfinished, or being removed. */
  async function complete(names: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const name of names) {
      if (found.length === LISTED) break;
      const start = await readObject(engine.storage, manifestKey(catalog, name), { offset: 0, length: 1 });
      if (start !== null) found.push(name);
    }
    return found;
  }
}
