import type { Release } from '../../engine/catalog/release.ts';
import type { Table } from '../../engine/catalog/table.ts';
import type { Engine } from '../../engine/engine.ts';
import { sharedLoads } from '../../engine/storage/shared-loads.ts';
import { TAP_SCHEMA_TABLES } from '../../engine/tap-schema/tables.ts';
import { type Opened, openAll, releasesOf } from '../catalogs.ts';
import type { Failure } from '../failure.ts';

/** What queries may name. */
export interface Published {
  /** Every catalogue of the bucket, those that are damaged among them. */
  readonly catalogs: readonly Opened[];
  /** The tables of the latest releases, in the order of their names, and TAP_SCHEMA's. */
  readonly tables: readonly Table[];
  /** TAP_SCHEMA's tables are in none. */
  readonly releases: ReadonlyMap<Table, Release>;
}

/** A table that a query names has a release that cannot be opened. */
export class DamagedTableError extends Error {
  override readonly name = 'DamagedTableError';
  readonly status: Failure['status'];

  constructor(table: string, { status, message }: Failure) {
    super(`${table} cannot be asked at the moment. ${message}`);
    this.status = status;
  }
}

/** @throws DamagedTableError where a query that makes no sense otherwise names a table that is damaged. */
export function refuseDamaged(query: string, { catalogs }: Published): void {
  const text = query.toLowerCase();
  for (const catalog of catalogs) {
    if ('failure' in catalog && text.includes(catalog.name.toLowerCase()))
      throw new DamagedTableError(catalog.name, catalog.failure);
  }
}

/** @throws StorageError where the bucket cannot be listed. */
export type PublishedTables = () => Promise<Published>;

/**
 * What is published, asked for again after a while.
 * @param lifetime milliseconds for which it is believed: so long may a new release stay unseen.
 */
export function publishedTables(engine: Engine, lifetime: number): PublishedTables {
  const share = sharedLoads<Published>();
  let known: { readonly published: Published; readonly until: number } | null = null;

  async function load(): Promise<Published> {
    const published = publishedOf(await openAll(engine));
    known = { published, until: Date.now() + lifetime };
    return published;
  }

  return async () => {
    if (known !== null && Date.now() < known.until) return known.published;
    return share('published', load);
  };
}

function publishedOf(catalogs: readonly Opened[]): Published {
  const releases = new Map(releasesOf(catalogs).map((release) => [release.manifest.table, release] as const));
  return { catalogs, tables: [...releases.keys(), ...TAP_SCHEMA_TABLES], releases };
}
