import type { Storage } from '../../engine/storage/storage.ts';

/**
 * What lies in a release beside the objects that are known: paths relative to the release, sorted; of a folder with nothing known
 * in it, the folder's.
 * @param prefix of the release.
 * @param paths of the known objects.
 */
export async function unlistedObjects(
  storage: Storage,
  prefix: string,
  paths: Iterable<string>,
): Promise<string[]> {
  const objects = new Set(paths);
  const folders = new Set<string>();
  for (const path of objects) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      folders.add(path.slice(0, end));
    }
  }
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const name of await storage.list(folder === '' ? prefix : `${prefix}/${folder}`)) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (folders.has(path)) await visit(path);
      else if (!objects.has(path)) found.push(path);
    }
  };
  await visit('');
  return found.sort();
}
