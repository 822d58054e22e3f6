import type pg from 'pg';
import type { ImageDataset, ImageLink } from '../../engine/images/dataset.ts';
import { OBSCORE } from '../../engine/obscore/table.ts';
import { quoted, quotedTable } from '../database/identifier.ts';
import { inTransaction } from '../database/transaction.ts';
import { obscoreRow } from './obscore-row.ts';

/** A dataset as PostgreSQL keeps it: its links have a table of their own. */
export type StoredImage = Omit<ImageDataset, 'links'>;

/** Advisory lock of whoever changes images: a file's name is free, or its last dataset gone, for one of them at a time. */
const IMAGES_LOCK = 0x696d6773;

/**
 * Runs `work` while nobody else changes images of this database.
 * @throws Error where somebody does.
 */
export async function alone<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS free', [IMAGES_LOCK]);
  if (!rows[0].free) {
    throw new Error('another command is changing the images of this database: try again when it is done');
  }
  try {
    return await work();
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [IMAGES_LOCK]).catch(() => {});
  }
}

/** Of identifiers, those that are stored. */
export async function storedImages(
  client: pg.Client,
  dids: readonly string[],
): Promise<Map<string, StoredImage>> {
  const { rows } = await client.query<{ dataset: StoredImage }>(
    'SELECT dataset FROM almagest.images WHERE obs_publisher_did = ANY ($1)',
    [dids],
  );
  return new Map(rows.map(({ dataset }) => [dataset.did, dataset]));
}

/** A page of all images in the order of their identifiers, from after one of them. */
export async function imagesAfter(
  client: pg.Client,
  did: string,
  limit: number,
  collection: string | null = null,
): Promise<StoredImage[]> {
  const { rows } = await client.query<{ dataset: StoredImage }>(
    `SELECT dataset FROM almagest.images
     WHERE obs_publisher_did COLLATE "C" > $1 AND ($3::text IS NULL OR collection = $3)
     ORDER BY obs_publisher_did COLLATE "C" LIMIT $2`,
    [did, limit, collection],
  );
  return rows.map(({ dataset }) => dataset);
}

/** Images of each step through all of them: documents hold headers, of which thousands need not be in memory. */
const PAGE = 500;

/** All images, in the order of their identifiers. */
export async function* allImages(
  client: pg.Client,
  collection: string | null = null,
): AsyncGenerator<StoredImage> {
  for (let last = ''; ; ) {
    const page = await imagesAfter(client, last, PAGE, collection);
    yield* page;
    if (page.length < PAGE) return;
    last = page.at(-1)!.did;
  }
}

/** In the order in which they were linked. */
export async function linksOf(client: pg.Client, did: string): Promise<ImageLink[]> {
  const { rows } = await client.query(
    `SELECT semantics, file_key AS key, url, description, content_type AS "contentType", bytes::float8 AS bytes
     FROM almagest.image_links WHERE obs_publisher_did = $1 ORDER BY link`,
    [did],
  );
  return rows;
}

/** Whether a dataset's file or link needs the object. */
export async function isReferred(client: pg.Client, key: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT EXISTS (SELECT FROM almagest.images WHERE file_key = $1)
         OR EXISTS (SELECT FROM almagest.image_links WHERE file_key = $1) AS referred`,
    [key],
  );
  return rows[0].referred;
}

/** Where a collection has a file of that content. */
export async function fileOfContent(
  client: pg.Client,
  collection: string,
  sha256: string,
): Promise<string | null> {
  const { rows } = await client.query<{ file_key: string }>(
    'SELECT file_key FROM almagest.images WHERE sha256 = $1 AND collection = $2 LIMIT 1',
    [sha256, collection],
  );
  return rows[0]?.file_key ?? null;
}

/** Writes images with their rows of `ivoa.obscore`, all or none; those of the same identifiers are replaced. */
export async function writeImages(client: pg.Client, images: readonly StoredImage[]): Promise<void> {
  await inTransaction(client, async () => {
    for (const image of images) {
      await upsert(client, quotedTable(OBSCORE), { ...obscoreRow(image) });
      const { did, collection, file, hdu, added } = image;
      await upsert(client, 'almagest.images', {
        obs_publisher_did: did,
        collection,
        file_key: file.key,
        media_type: file.mediaType,
        bytes: file.bytes,
        sha256: file.sha256,
        hdu: hdu.index,
        dataset: JSON.stringify(image),
        added,
      });
    }
  });
}

async function upsert(client: pg.Client, table: string, row: Record<string, unknown>): Promise<void> {
  const names = Object.keys(row).map(quoted);
  const places = names.map((_, at) => `$${at + 1}`);
  const changes = names.map((name) => `${name} = EXCLUDED.${name}`);
  await client.query(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${places.join(', ')})
     ON CONFLICT (obs_publisher_did) DO UPDATE SET ${changes.join(', ')}`,
    Object.values(row),
  );
}

/** Removes an image with its row of `ivoa.obscore` and its links. */
export async function deleteImage(client: pg.Client, did: string): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(`DELETE FROM ${quotedTable(OBSCORE)} WHERE obs_publisher_did = $1`, [did]);
    await client.query('DELETE FROM almagest.images WHERE obs_publisher_did = $1', [did]);
  });
}

export async function insertLink(client: pg.Client, did: string, link: ImageLink): Promise<void> {
  const { semantics, key, url, description, contentType, bytes } = link;
  await client.query(
    `INSERT INTO almagest.image_links
       (obs_publisher_did, semantics, file_key, url, description, content_type, bytes)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [did, semantics, key, url, description, contentType, bytes],
  );
}

/** @returns how many there were. */
export async function deleteLinks(client: pg.Client, did: string, target: string): Promise<number> {
  const { rowCount } = await client.query(
    'DELETE FROM almagest.image_links WHERE obs_publisher_did = $1 AND (url = $2 OR file_key = $2)',
    [did, target],
  );
  return rowCount ?? 0;
}
