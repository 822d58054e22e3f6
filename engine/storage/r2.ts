import type { R2Bucket } from '@cloudflare/workers-types';
import type { Storage } from './storage.ts';

/** Keys that one call to `R2Bucket.delete` takes at most. */
const DELETE_BATCH = 1000;

/** Objects in a Cloudflare R2 bucket. */
export function r2Storage(bucket: R2Bucket): Storage {
  /** Every page of a listing below a prefix. */
  async function* pages(prefix: string, delimiter?: string) {
    let cursor: string | undefined;
    do {
      const page = await bucket.list({ prefix, ...(delimiter && { delimiter }), ...(cursor && { cursor }) });
      yield page;
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
  }

  /** R2 refuses such a range, with an error that does not always say so. */
  async function isPastTheEnd(key: string, offset: number): Promise<boolean> {
    const object = await bucket.head(key);
    return object !== null && object.size <= offset;
  }

  return {
    async get(key, range) {
      if (range?.length === 0) return (await bucket.head(key)) === null ? null : new Uint8Array();
      try {
        const object = await bucket.get(key, range && { range });
        return object === null ? null : new Uint8Array(await object.arrayBuffer());
      } catch (error) {
        if (range !== undefined && (await isPastTheEnd(key, range.offset))) return new Uint8Array();
        throw error;
      }
    },

    async put(key, bytes) {
      await bucket.put(key, bytes);
    },

    async list(folder) {
      const prefix = folder === '' ? '' : `${folder}/`;
      const names: string[] = [];
      for await (const page of pages(prefix, '/')) {
        names.push(...page.objects.map(({ key }) => key.slice(prefix.length)));
        names.push(...page.delimitedPrefixes.map((path) => path.slice(prefix.length, -1)));
      }
      return names.sort();
    },

    async remove(folder) {
      const keys: string[] = [];
      for await (const page of pages(`${folder}/`)) keys.push(...page.objects.map(({ key }) => key));
      for (let at = 0; at < keys.length; at += DELETE_BATCH) {
        await bucket.delete(keys.slice(at, at + DELETE_BATCH));
      }
    },
  };
}
