import type { Storage } from './storage.ts';

/** The objects of a folder as a storage of their own. */
export function below(storage: Storage, folder: string): Storage {
  const inside = (key: string) => (key === '' ? folder : `${folder}/${key}`);
  return {
    get: (key, range) => storage.get(inside(key), range),
    size: (key) => storage.size(inside(key)),
    stream: (key, range) => storage.stream(inside(key), range),
    put: (key, bytes) => storage.put(inside(key), bytes),
    putStream: (key, stream) => storage.putStream(inside(key), stream),
    copy: (from, to) => storage.copy(inside(from), inside(to)),
    list: (name) => storage.list(inside(name)),
    remove: (key) => storage.remove(inside(key)),
  };
}
