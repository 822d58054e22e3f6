import type pg from 'pg';
import { datasetDigest, linksFolder, previewFolder } from '../../engine/images/keys.ts';
import { removeDataset } from '../../engine/images/write-dataset.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { alone, deleteImage, storedImages } from './stored-images.ts';
import { removeUnreferred } from './stored-objects.ts';

/**
 * Removes an image, its pictures and links, and its file where no other image is in it.
 * @returns false where there is none of that identifier.
 */
export function removeImage(client: pg.Client, storage: Storage, did: string): Promise<boolean> {
  return alone(client, async () => {
    const image = (await storedImages(client, [did])).get(did);
    // First, so that nothing of it is served while it goes; also where only the document is left.
    await removeDataset(storage, did);
    if (image === undefined) return false;
    await deleteImage(client, did);
    const digest = await datasetDigest(did);
    await storage.remove(previewFolder(digest));
    await storage.remove(linksFolder(digest));
    await removeUnreferred(client, storage, [image.file.key]);
    return true;
  });
}
