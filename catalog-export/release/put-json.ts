import type { Storage } from '../../engine/storage/storage.ts';

export function putJson(storage: Storage, key: string, value: object): Promise<void> {
  return storage.put(key, new TextEncoder().encode(JSON.stringify(value)));
}
