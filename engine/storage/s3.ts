import { createHash } from 'node:crypto';
import { keyParts } from './key.ts';
import { uploadParts } from './parts.ts';
import type { S3Location } from './s3-location.ts';
import { copySource, S3Error, s3Requests } from './s3-requests.ts';
import { beginS3Upload, putSigned } from './s3-upload.ts';
import type { ByteRange, Storage } from './storage.ts';

/** Keys that one DeleteObjects takes at most. */
const DELETE_BATCH = 1000;

/** Times that a stream which broke off is taken up again. */
const RESUMPTIONS = 10;

interface ListedObject {
  readonly Key: string;
}

interface Listing {
  readonly Contents?: readonly ListedObject[];
  readonly CommonPrefixes?: readonly { readonly Prefix: string }[];
  readonly NextContinuationToken?: string;
  readonly IsTruncated?: string;
}

/**
 * Objects in a bucket of Amazon S3 or of a service that speaks its protocol: R2, MinIO, Ceph … For programs in Node.
 * Requests that fail for a reason that may pass are repeated.
 * @throws S3Error (from each call) saying what to do: it names the bucket and the endpoint, and never the credentials.
 */
export function s3Storage(location: S3Location): Storage {
  const { bucket, prefix } = location;
  const requests = s3Requests(location);
  const inBucket = (key: string) => [...(prefix === '' ? [] : [prefix]), ...keyParts(key)].join('/');

  const ignoredRange = () =>
    new S3Error(`${requests.where}: the service gives whole objects where a range of one is asked for`, null);

  /** Runs a read; null where it finds no object, no bytes where its range begins at the end or past it. */
  async function reading<T>(read: () => Promise<T>): Promise<T | 'no bytes' | null> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof S3Error && error.code === 'NoSuchKey') return null;
      if (error instanceof S3Error && error.code === 'InvalidRange') return 'no bytes';
      throw error;
    }
  }

  /** The size tells what is there also where no byte is wanted. HEAD would not say why it fails. */
  async function size(key: string): Promise<number | null> {
    const path = inBucket(key);
    const first = await reading(() =>
      requests.ask({ method: 'GET', key: path, headers: { range: 'bytes=0-0' } }),
    );
    if (first === null) return null;
    return first === 'no bytes' ? 0 : Number(first.headers.get('content-range')?.split('/')[1]);
  }

  /** The rest of a stream comes from a new request where the connection breaks. */
  async function stream(key: string, range?: ByteRange): ReturnType<Storage['stream']> {
    if (range?.length === 0) return (await size(key)) === null ? null : new Blob().stream();
    const path = inBucket(key);
    const end = range && range.offset + range.length;
    let at = range?.offset ?? 0;
    let entityTag: string | null = null;
    const open = () => {
      const headers = {
        ...((end !== undefined || at > 0) && { range: `bytes=${at}-${end === undefined ? '' : end - 1}` }),
        ...(entityTag !== null && { 'if-match': entityTag }),
      };
      return requests.open({ method: 'GET', key: path, headers });
    };
    const response = await reading(open);
    if (response === null) return null;
    if (response === 'no bytes' || response.body === null) return new Blob().stream();
    entityTag = response.headers.get('etag');
    const last = at + Number(response.headers.get('content-length'));
    let reader = response.body.getReader();
    let resumptions = 0;
    return new ReadableStream({
      async pull(controller) {
        for (;;) {
          try {
            const { value, done } = await reader.read();
            if (done && at < last) throw new Error('it ended early');
            if (done) return controller.close();
            at += value.length;
            return controller.enqueue(value);
          } catch (error) {
            resumptions += 1;
            if (at === last) return controller.close();
            if (resumptions > RESUMPTIONS) {
              throw new S3Error(
                `${requests.where}: the connection broke ${resumptions} times while ${path} was read (${(error as Error).message})`,
                null,
              );
            }
            const rest = await open();
            if (rest.status !== 206) throw ignoredRange();
            reader = rest.body!.getReader();
          }
        }
      },
      cancel: (reason) => reader.cancel(reason),
    });
  }

  /** Every page of a listing of what begins with a text. */
  async function* pages(start: string, delimiter?: string): AsyncGenerator<Listing> {
    let token: string | undefined;
    do {
      const page: Listing = await requests.askXml(
        {
          method: 'GET',
          key: '',
          query: {
            'list-type': '2',
            'encoding-type': 'url',
            prefix: start,
            ...(delimiter && { delimiter }),
            ...(token && { 'continuation-token': token }),
          },
        },
        'ListBucketResult',
      );
      yield page;
      token = page.IsTruncated === 'true' ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async function deleteAll(keys: readonly string[]): Promise<void> {
    const objects = keys.map((key) => `<Object><Key>${escaped(key)}</Key></Object>`).join('');
    const body = new TextEncoder().encode(`<Delete><Quiet>true</Quiet>${objects}</Delete>`);
    const result = await requests.askXml(
      {
        method: 'POST',
        key: '',
        query: { delete: '' },
        headers: { 'content-md5': createHash('md5').update(body).digest('base64') },
        body,
      },
      'DeleteResult',
    );
    const [error] = (result.Error ?? []) as { Key?: string; Code?: string; Message?: string }[];
    if (error !== undefined) {
      throw new S3Error(
        `${requests.where}: ${error.Key} cannot be deleted: ${error.Message} (${error.Code})`,
        error.Code ?? null,
      );
    }
  }

  return {
    async get(key, range) {
      if (range?.length === 0) return (await size(key)) === null ? null : new Uint8Array();
      const headers = range && { range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
      const path = inBucket(key);
      const found = await reading(() =>
        requests.ask({ method: 'GET', key: path, ...(headers && { headers }) }, range?.length ?? 2 ** 30),
      );
      if (found === null || found === 'no bytes') return found && new Uint8Array();
      if (range !== undefined && found.body.length > range.length) throw ignoredRange();
      return found.body;
    },

    size,
    stream,

    async put(key, bytes) {
      await putSigned(requests, inBucket(key), bytes);
    },

    async putStream(key, stream) {
      const path = inBucket(key);
      await uploadParts(
        stream,
        async (bytes) => void (await putSigned(requests, path, bytes)),
        () => beginS3Upload(requests, path),
      );
    },

    async copy(from, to) {
      const source = inBucket(from);
      try {
        await requests.askXml(
          { method: 'PUT', key: inBucket(to), headers: { 'x-amz-copy-source': copySource(bucket, source) } },
          'CopyObjectResult',
        );
      } catch (error) {
        if (!(error instanceof S3Error && error.code === 'NoSuchKey')) throw error;
        throw new Error(`there is no ${source} to copy in ${requests.where}`);
      }
    },

    async list(folder) {
      const start = folder === '' ? (prefix === '' ? '' : `${prefix}/`) : `${inBucket(folder)}/`;
      const names: string[] = [];
      for await (const { Contents = [], CommonPrefixes = [] } of pages(start, '/')) {
        names.push(...Contents.map(({ Key }) => decoded(Key).slice(start.length)));
        names.push(...CommonPrefixes.map(({ Prefix }) => decoded(Prefix).slice(start.length, -1)));
      }
      return names.filter((name) => name !== '').sort();
    },

    async remove(key) {
      const path = inBucket(key);
      const keys = [path];
      for await (const { Contents = [] } of pages(`${path}/`)) {
        keys.push(...Contents.map(({ Key }) => decoded(Key)));
      }
      for (let at = 0; at < keys.length; at += DELETE_BATCH) {
        await deleteAll(keys.slice(at, at + DELETE_BATCH));
      }
    },
  };
}

/** Of a key in a listing: some services write a blank as `+`. */
function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

function escaped(text: string): string {
  return text.replace(/[<>&'"\p{Cc}]/gu, (character) => `&#${character.codePointAt(0)};`);
}
