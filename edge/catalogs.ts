import type { Release } from '../engine/catalog/release.ts';
import { hasPositions } from '../engine/catalog/table.ts';
import type { Engine } from '../engine/engine.ts';
import { nearestName } from '../engine/nearest-name.ts';
import { describeFailure, type Failure } from './failure.ts';
import { quoted, RequestError } from './request-error.ts';

/**
 * The release that an address names: `schema.table` for the latest, `schema.table@2026-11-20` for that one.
 * @throws RequestError (404) that names the catalogue that was probably meant.
 */
export async function openCatalog(engine: Engine, address: string): Promise<Release> {
  const [name, release] = splitAddress(address);
  const opened = await engine.catalogs.open(name, release);
  if (opened) return opened;
  const known = await engine.catalogs.list();
  if (known.length === 0) throw new RequestError(404, NOTHING_PUBLISHED);
  if (known.includes(name)) throw new RequestError(404, `${name} has no release ${quoted(release ?? '')}.`);
  const nearest = nearestName(name, known);
  const advice =
    nearest === null ? `The catalogues here are ${known.join(', ')}.` : `Did you mean ${nearest}?`;
  throw new RequestError(404, `There is no catalogue ${quoted(name)}. ${advice}`);
}

/**
 * The same, for what only positions can answer.
 * @throws RequestError (404) that says how to ask a table without positions, too.
 */
export async function openPositions(engine: Engine, address: string): Promise<Release> {
  const release = await openCatalog(engine, address);
  if (hasPositions(release.manifest.table)) return release;
  const { catalog } = release.manifest;
  throw new RequestError(
    404,
    `${catalog} has no positions, so there is no cone search and no sky coverage of it; /tap answers queries of it, in ADQL.`,
  );
}

export const NOTHING_PUBLISHED =
  'No catalogue has been published yet: `almagest publish` chooses a table and `almagest export` writes its release.';

function splitAddress(address: string): [name: string, release: string | undefined] {
  const at = address.indexOf('@');
  return at < 0 ? [address, undefined] : [address.slice(0, at), address.slice(at + 1)];
}

/** A catalogue of the bucket: its latest release, or why that cannot be opened. */
export type Opened =
  | { readonly name: string; readonly release: Release }
  | { readonly name: string; readonly failure: Failure };

/** Every catalogue, in the order of their names: one that is damaged does not hide the others. */
export async function openAll(engine: Engine): Promise<Opened[]> {
  const names = await engine.catalogs.list();
  return Promise.all(
    names.map(async (name) => {
      try {
        return { name, release: await openCatalog(engine, name) };
      } catch (error) {
        return { name, failure: describeFailure(error) };
      }
    }),
  );
}

/** The releases of the catalogues that can be opened. */
export function releasesOf(opened: readonly Opened[]): Release[] {
  return opened.flatMap((catalog) => ('release' in catalog ? [catalog.release] : []));
}
