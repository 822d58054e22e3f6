import { createHash } from 'node:crypto';
import type { PartsUpload } from './parts.ts';
import type { S3Requests } from './s3-requests.ts';

/**
 * Writes an object, or a part of one. Signed with the checksum of its bytes: the service refuses what was damaged on the way.
 * @returns its entity tag.
 */
export async function putSigned(
  requests: S3Requests,
  key: string,
  bytes: Uint8Array,
  query: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { headers } = await requests.ask({
    method: 'PUT',
    key,
    query,
    headers: {
      'x-amz-content-sha256': createHash('sha256').update(bytes).digest('hex'),
      'content-type': 'application/octet-stream',
    },
    body: bytes as Uint8Array<ArrayBuffer>,
  });
  return headers.get('etag')!;
}

/** An object that is written in parts: CreateMultipartUpload and what follows it. */
export async function beginS3Upload(requests: S3Requests, key: string): Promise<PartsUpload> {
  const begun = await requests.askXml(
    {
      method: 'POST',
      key,
      query: { uploads: '' },
      headers: { 'content-type': 'application/octet-stream' },
    },
    'InitiateMultipartUploadResult',
  );
  const uploadId = String(begun.UploadId);
  const entityTags: string[] = [];
  return {
    async put(number, part) {
      const query = { partNumber: String(number), uploadId };
      entityTags[number - 1] = await putSigned(requests, key, part, query);
    },
    async complete() {
      const listed = entityTags.map(
        (tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${quotedTag(tag)}</ETag></Part>`,
      );
      const body = `<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`;
      await requests.askXml(
        { method: 'POST', key, query: { uploadId }, body: new TextEncoder().encode(body) },
        'CompleteMultipartUploadResult',
      );
    },
    abort: () => requests.askNothing({ method: 'DELETE', key, query: { uploadId } }),
  };
}

function quotedTag(tag: string): string {
  return tag.replaceAll('"', '&quot;');
}
