import type { R2Bucket, R2ObjectBody, R2UploadedPart } from '@cloudflare/workers-types';
import { type PartsUpload, uploadParts } from './parts.ts';
import type { ByteRange, Storage } from './storage.ts';

/** Keys that one call to `R2Bucket.delete` takes at most. */
const DELETE_BATCH = 1000;

/** Of a part: the least that R2 takes, for a worker that writes twenty objects at a time has 128 MB. Objects have 50 GiB at most so. */
const PART_BYTES = 5 * 2 ** 20;

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

  /** An object, or what `get` gives of one without a byte. */
  async function open(key: string, range?: ByteRange): Promise<R2ObjectBody | 'no bytes' | null> {
    if (range?.length === 0) return (await bucket.head(key)) === null ? null : 'no bytes';
    try {
      return await bucket.get(key, range && { range });
    } catch (error) {
      if (range !== undefined && (await isPastTheEnd(key, range.offset))) return 'no bytes';
      throw error;
    }
  }

  async function put(key: string, bytes: Uint8Array): Promise<void> {
    await bucket.put(key, bytes);
  }

  async function beginUpload(key: string): Promise<PartsUpload> {
    const upload = await bucket.createMultipartUpload(key);
    const uploaded: R2UploadedPart[] = [];
    return {
      async put(number, part) {
        uploaded.push(await upload.uploadPart(number, part));
      },
      async complete() {
        await upload.complete(uploaded);
      },
      abort: () => upload.abort(),
    };
  }

  return {
    async get(key, range) {
      const object = await open(key, range);
      if (object === null) return null;
      return object === 'no bytes' ? new Uint8Array() : new Uint8Array(await object.arrayBuffer());
    },

    async size(key) {
      return (await bucket.head(key))?.size ?? null;
    },

    async stream(key, range) {
      const object = await open(key, range);
      if (object === null) return null;
      // The types of Cloudflare's streams and of the platform's differ in what is not used here.
      return object === 'no bytes'
        ? new Blob().stream()
        : (object.body as unknown as ReadableStream<Uint8Array<ArrayBuffer>>);
    },

    put,

    putStream: (key, stream) =>
      uploadParts(
        stream,
        (bytes) => put(key, bytes),
        () => beginUpload(key),
        PART_BYTES,
      ),

    /** Through the worker, streamed: the binding has no copy of its own. */
    async copy(from, to) {
      const object = await bucket.get(from);
      if (object === null) throw new Error(`there is no ${from} to copy`);
      await bucket.put(to, object.body);
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

    async remove(key) {
      const keys = [key];
      for await (const page of pages(`${key}/`)) keys.push(...page.objects.map(({ key }) => key));
      for (let at = 0; at < keys.length; at += DELETE_BATCH) {
        await bucket.delete(keys.slice(at, at + DELETE_BATCH));
      }
    },
  };
}
