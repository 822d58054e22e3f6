import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { parseAccept } from 'hono/utils/accept';
import { createFileLists, type FileLists } from '../../engine/catalog/file-lists.ts';
import type { Release } from '../../engine/catalog/release.ts';
import { RELEASE_FILES_PATH, RELEASE_FILES_VERSION } from '../../engine/catalog/release-files.ts';
import { createReleaseLists, type ReleaseLists } from '../../engine/catalog/release-list.ts';
import { removedReleases } from '../../engine/catalog/removed-releases.ts';
import { publicReport, readReports } from '../../engine/catalog/reports.ts';
import { hasPositions } from '../../engine/catalog/table.ts';
import { nearestName } from '../../engine/nearest-name.ts';
import { openAll, openCatalog } from '../catalogs.ts';
import { exampleCone } from '../example-cone.ts';
import { ALMAGEST_RELEASE } from '../headers.ts';
import { addressParameters, requestParameters } from '../request/request-parameters.ts';
import { quoted, RequestError } from '../request-error.ts';
import { type Service, serviceRoot } from '../service.ts';
import { type BulkAddress, bulkAddress } from './address.ts';
import { catalogUrl, releaseUrl } from './addresses.ts';
import { catalogJson, catalogPage } from './catalog-page.ts';
import { catalogsJson, catalogsPage } from './catalogs-page.ts';
import { folderJson, folderOf, folderPage } from './folder.ts';
import { isDataFile, LIST_FORMATS } from './lists.ts';
import { neededFiles } from './needed-files.ts';
import { recipesOf } from './recipes.ts';
import { regionOf } from './region.ts';
import { createKeptOutputs, type KeptOutputs } from './selection/kept-outputs.ts';
import { parseSelection } from './selection/parse-selection.ts';
import { selectedFile } from './selection/selected-file.ts';
import { DATED, LATEST, storedFile } from './stored-file.ts';

/** Seconds for which a cache may repeat a page or a list. */
const PAGE_LIFETIME = 60;

const LISTS = [RELEASE_FILES_PATH, ...LIST_FORMATS.map(({ name }) => name)];

/** Longest POST body, bytes: MOCs may be long. */
const MAX_BODY = 4 << 20;

/** Longest address of a selection, in characters: lists of identifiers may be long. */
const MAX_SELECTION = 32_768;

/** Files among which the one that was meant is looked for. */
const FEW_FILES = 2000;

/** All that requests share. */
interface Bulk {
  readonly service: Service;
  readonly fileLists: FileLists;
  readonly releaseLists: ReleaseLists;
  readonly keptOutputs: KeptOutputs;
}

/**
 * Bulk downloads: `/bulk` and `/bulk/{schema.table}` tell what there is, `/bulk/{schema.table}/{release|latest}/…` are the files of a
 * release as they are stored, and lists of them.
 */
export function bulkApp(service: Service): Hono {
  const { storage } = service.engine;
  const bulk: Bulk = {
    service,
    fileLists: createFileLists(storage),
    releaseLists: createReleaseLists(storage),
    keptOutputs: createKeptOutputs(),
  };
  const app = new Hono({ strict: false });
  app.get('/bulk.json', (c) => answerCatalogs(bulk, c, true));
  app.get('/bulk/*', (c) => answer(bulk, c));
  app.post(
    `/bulk/:catalog/:release/:list{${LISTS.join('|').replaceAll('.', '\\.')}}`,
    bodyLimit({ maxSize: MAX_BODY, onError: refuseBody }),
    (c) => answer(bulk, c),
  );
  return app;
}

function refuseBody(): never {
  throw new RequestError(413, `The body is longer than ${MAX_BODY} bytes: give a MOC of a lower order.`);
}

async function answer(bulk: Bulk, c: Context): Promise<Response> {
  const address = bulkAddress(c.req.url);
  const { catalog, release } = address;
  if (catalog === null) return answerCatalogs(bulk, c, wantsJson(c));
  // A catalogue's name has one dot.
  const named = catalog.replace(/^([^.]*\.[^.]*)\.json$/, '$1');
  if (release === null) return answerCatalog(bulk, c, named, named !== catalog || wantsJson(c));
  return answerRelease(bulk, c, catalog, release, address);
}

async function answerCatalogs({ service }: Bulk, c: Context, json: boolean): Promise<Response> {
  const root = serviceRoot(service, c.req.url);
  const catalogs = await openAll(service.engine);
  setPageHeaders(c);
  if (json) return c.json(catalogsJson(root, catalogs));
  return c.html(catalogsPage(service.title, root, catalogs));
}

async function answerCatalog(bulk: Bulk, c: Context, catalog: string, json: boolean): Promise<Response> {
  const { service, fileLists, releaseLists } = bulk;
  const { engine, limits, title } = service;
  const root = serviceRoot(service, c.req.url);
  const latest = await openNamed(bulk, catalog, 'latest', root);
  const { release, table } = latest.manifest;
  const [releases, reports, { files }] = await Promise.all([
    releaseLists.of(catalog),
    readReports(engine.storage, catalog),
    fileLists.of(latest),
  ]);
  const downloads = { latest, releases, reports: reports.map(publicReport) };
  setPageHeaders(c);
  if (json) return c.json(catalogJson(root, downloads));
  const recipes = recipesOf({
    manifest: latest.manifest,
    url: releaseUrl(root, catalog, release),
    file: files.find(isDataFile)?.path ?? null,
    cone: hasPositions(table) ? exampleCone(engine.kernel, latest, limits.maxRadius) : null,
  });
  return c.html(catalogPage(title, root, downloads, recipes));
}

async function answerRelease(
  bulk: Bulk,
  c: Context,
  catalog: string,
  name: string,
  { path, slash }: BulkAddress,
): Promise<Response> {
  const { service, fileLists } = bulk;
  const { engine, title } = service;
  const root = serviceRoot(service, c.req.url);
  const release = await openNamed(bulk, catalog, name, root);
  const list = await fileLists.of(release);
  const url = releaseUrl(root, catalog, release.manifest.release);
  c.header(ALMAGEST_RELEASE, release.manifest.release);

  const format = slash ? undefined : LIST_FORMATS.find((one) => one.name === path);
  const file = slash ? null : list.find(path);
  if (format !== undefined || file?.path === RELEASE_FILES_PATH) {
    const region = regionOf(engine.kernel, await requestParameters(c.req.raw));
    if (format !== undefined || region !== null) {
      const files = neededFiles(release, list, region);
      setPageHeaders(c);
      if (format !== undefined) return c.text(format.write(files, url));
      return c.json({ version: RELEASE_FILES_VERSION, catalog, release: release.manifest.release, files });
    }
  }
  if (file !== null) {
    const cacheControl = name === 'latest' ? LATEST : DATED;
    const selection = parseSelection(release, file, addressParameters(c.req.url, MAX_SELECTION));
    if (selection !== null) {
      return selectedFile(engine, bulk.keptOutputs, release, selection, cacheControl, c.req.raw);
    }
    return storedFile(engine.storage, release, file, cacheControl, c.req.raw);
  }

  const folder = folderOf(list, path);
  if (folder === null) throw noSuchFile(list.files, path, `${url}/`);
  setPageHeaders(c);
  if (wantsJson(c)) return c.json(folderJson(root, release, folder));
  // Links of the page are relative to the folder.
  if (!slash) return c.redirect(`./${c.req.url.split('?', 1)[0]!.split('/').at(-1)}/`, 301);
  return c.html(folderPage(title, root, release, folder));
}

/**
 * @param name of a release, or `latest`.
 * @throws RequestError (404, or 410 for a release that was removed) that tells what there is.
 */
async function openNamed(
  { service, releaseLists }: Bulk,
  catalog: string,
  name: string,
  root: string,
): Promise<Release> {
  const { engine } = service;
  const latest = await openCatalog(engine, catalog.replaceAll('@', '%40'));
  if (name === 'latest') return latest;
  const release = await engine.catalogs.open(catalog, name);
  if (release !== null) return release;
  const releases = (await releaseLists.of(catalog)).map(({ release }) => release);
  const there = `${catalogUrl(root, catalog)} lists its releases: latest, ${releases.slice(0, 5).join(', ')}${releases.length > 5 ? ' …' : ''}.`;
  const removed = await removedReleases(engine.storage, catalog);
  if (removed.some((one) => one.release === name)) {
    throw new RequestError(410, `The release ${name} of ${catalog} was removed. ${there}`);
  }
  throw new RequestError(404, `${catalog} has no release ${quoted(name)}. ${there}`);
}

function noSuchFile(files: readonly { readonly path: string }[], path: string, url: string): RequestError {
  const known = [
    ...files.slice(0, FEW_FILES).map((file) => file.path),
    ...LIST_FORMATS.map(({ name }) => name),
  ];
  const nearest = nearestName(path, known);
  const advice = nearest === null ? '' : ` Did you mean ${nearest}?`;
  return new RequestError(
    404,
    `The release has no file ${quoted(path)}.${advice} ${url} shows what there is.`,
  );
}

function setPageHeaders(c: Context): void {
  c.header('cache-control', `public, max-age=${PAGE_LIFETIME}`);
  c.header('vary', 'Accept');
}

/** Whether a client likes JSON better than a page. */
function wantsJson(c: Context): boolean {
  const accepted = parseAccept(c.req.header('accept') ?? '');
  const known = accepted.find(
    ({ type, q }) => q > 0 && /^(application\/json|text\/html|\*\/\*)$/i.test(type),
  );
  return known?.type.toLowerCase() === 'application/json';
}
