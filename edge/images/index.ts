import { type Context, Hono } from 'hono';
import type { ImageDataset } from '../../engine/images/dataset.ts';
import { readDatasetOf } from '../../engine/images/read-dataset.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { disposition, storedObject } from '../answer/stored-object.ts';
import { quoted, RequestError } from '../request-error.ts';
import type { Service } from '../service.ts';
import type { FileKind } from './addresses.ts';
import { type NamedFile, namedFiles } from './named-files.ts';

/** A dataset may be removed, and another be published under its identifier. */
const CACHE_CONTROL = 'public, max-age=300, no-transform';

/** What browsers may show; anything else they save. */
const SHOWN = /^(image\/(png|jpeg|gif|webp)|application\/(pdf|json)|text\/(plain|csv))(;|$)/;

/**
 * The files of images at `/images/{digest of the identifier}/…`, as they are stored. Addresses are no keys: served is what the document
 * of a published dataset names, and nothing else.
 */
export function imageFilesApp(service: Service): Hono {
  const { storage } = service.engine;
  const app = new Hono({ strict: false });
  const answer =
    (kind: FileKind) =>
    async (c: Context): Promise<Response> => {
      const dataset = await publishedDataset(storage, c.req.param('digest')!);
      const file = await requireNamed(storage, dataset, kind, c.req.param('name')!);
      return offer(storage, dataset, file, c.req.raw);
    };
  app.get('/:digest/:name', answer('file'));
  app.get('/:digest/pictures/:name', answer('picture'));
  app.get('/:digest/links/:name', answer('link'));
  return app;
}

async function publishedDataset(storage: Storage, digest: string): Promise<ImageDataset> {
  const dataset = await readDatasetOf(storage, digest);
  if (dataset !== null) return dataset;
  throw new RequestError(
    404,
    'There is no such image, or it is not published any more: /datalink/links?ID=… has the addresses of those that are.',
  );
}

/** With its size, which not every document says. */
async function requireNamed(
  storage: Storage,
  dataset: ImageDataset,
  kind: FileKind,
  name: string,
): Promise<NamedFile & { readonly bytes: number }> {
  const files = namedFiles(dataset).filter((file) => file.kind === kind);
  const file = files.find((one) => one.name === name);
  if (file === undefined) {
    const names = files.length === 0 ? 'none' : files.map((one) => one.name).join(', ');
    throw new RequestError(
      404,
      `${dataset.did} has no file ${quoted(name)} here. What there is of this kind: ${names}.`,
    );
  }
  const bytes = file.bytes ?? (await storage.size(file.key));
  if (bytes === null) throw missing(file);
  return { ...file, bytes };
}

function offer(
  storage: Storage,
  { added }: ImageDataset,
  file: NamedFile & { readonly bytes: number },
  request: Request,
): Promise<Response> {
  const { key, name, mediaType, bytes, sha256 } = file;
  const object = {
    key,
    size: bytes,
    sha256,
    etag: sha256 === null ? `"${added}-${bytes}"` : `"${sha256}"`,
    lastModified: new Date(added).toUTCString(),
    cacheControl: CACHE_CONTROL,
    mediaType,
    disposition: disposition(SHOWN.test(mediaType) ? 'inline' : 'attachment', name),
    headers: { 'x-content-type-options': 'nosniff' },
    missing: () => missing(file),
  };
  return storedObject(storage, object, request);
}

function missing({ key }: NamedFile): Error {
  return new Error(`${key} is missing, and a published dataset names it`);
}
