import { manifestKey } from '../engine/catalog/manifest.ts';
import type { Release } from '../engine/catalog/release.ts';
import { compareReleases, isReleaseName } from '../engine/catalog/release-name.ts';
import { removedReleases } from '../engine/catalog/removed-releases.ts';
import { hasPositions } from '../engine/catalog/table.ts';
import type { Engine } from '../engine/engine.ts';
import { nearestName } from '../engine/nearest-name.ts';
import { listFolder, readObject } from '../engine/storage/reading.ts';
import { describeFailure, type Failure } from './failure.ts';
import { quoted, RequestError } from './request-error.ts';

/**
 * The release that an address names: `schema.table` for the latest, `schema.table@2026-11-20` for that one.
 * @throws RequestError (404) that names the catalogue that was probably meant, or the releases that there are; 410 for a release
 *   that was removed.
 */
export async function openCatalog(engine: Engine, address: string): Promise<Release> {
  const [name, release] = splitAddress(address);
  const opened = await engine.catalogs.open(name, release);
  if (opened) return opened;
  const known = await engine.catalogs.list();
  if (known.length === 0) throw new RequestError(404, NOTHING_PUBLISHED);
  if (known.includes(name)) throw await noSuchRelease(engine, name, release ?? '');
  const nearest = nearestName(name, known);
  const advice =
    nearest === null ? `The catalogues here are ${known.join(', ')}.` : `Did you mean ${nearest}?`;
  throw new RequestError(404, `There is no catalogue ${quoted(name)}. ${advice}`);
}

/** Releases that an error lists. */
const LISTED = 5;

async function noSuchRelease(engine: Engine, name: string, release: string): Promise<RequestError> {
  const stored = (await listFolder(engine.storage, name)).filter(isReleaseName).sort(compareReleases);
  const there: string[] = [];
  let more = false;
  for (const each of stored.reverse()) {
    // One without a manifest is unfinished, or being removed.
    const bytes = await readObject(engine.storage, manifestKey(name, each), { offset: 0, length: 1 });
    if (bytes === null) continue;
    more = there.length === LISTED;
    if (more) break;
    there.push(`${name}@${each}`);
  }
  const advice = `There are ${there.join(', ')}${more ? ', and older ones' : ''}; ${name} alone is the latest.`;
  const removed = await removedReleases(engine.storage, name);
  return removed.some((one) => one.release === release)
    ? new RequestError(410, `The release ${release} of ${name} was removed. ${advice}`)
    : new RequestError(404, `${name} has no release ${quoted(release)}. ${advice}`);
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
