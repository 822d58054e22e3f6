import { AwsClient } from 'aws4fetch';
import { XMLParser } from 'fast-xml-parser';
import type { S3Location } from './s3-location.ts';

/** What is asked of a bucket. */
export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Of an object, within the bucket; `''` is the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** An S3 service says no (or nothing): what that means for whoever runs this program. */
export class S3Error extends Error {
  /** S3's own word, such as `NoSuchKey`; null where there was no answer of S3's. */
  readonly code: string | null;
  readonly retryable: boolean;

  constructor(message: string, code: string | null, retryable = false) {
    super(message);
    this.name = 'S3Error';
    this.code = code;
    this.retryable = retryable;
  }
}

/** Tries of a request, and milliseconds before the second; each pause is twice the one before, less chance. */
const TRIES = 6;
const FIRST_PAUSE = 200;

/** Milliseconds that a request may take, and bytes in each that a slow line carries. */
const PATIENCE = 60_000;
const SLOWEST = 20;

const xml = new XMLParser({
  parseTagValue: false,
  isArray: (name) => ['Contents', 'CommonPrefixes', 'Error'].includes(name),
});

export type S3Requests = ReturnType<typeof s3Requests>;

/** Signed requests to a bucket, repeated where that may help. */
export function s3Requests({ bucket, endpoint, region, credentials }: S3Location) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== null && { sessionToken }),
    service: 's3',
    region,
  });
  const where = `s3://${bucket} at ${endpoint}`;

  /** @param patience milliseconds until the body must be here too; null: it is read by the caller, however slowly. */
  async function once(request: S3Request, patience: number | null): Promise<Response> {
    const { method, key, query = {}, headers = {}, body } = request;
    const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const url = `${endpoint}/${bucket}${key && `/${encoded(key)}`}${search.length > 0 ? `?${search.join('&')}` : ''}`;
    const signed = await client.sign(url, { method, headers, ...(body && { body }) });
    // Not signed: proxies change it.
    signed.headers.set('accept-encoding', 'identity');
    let response: Response;
    try {
      response = await fetch(signed, {
        redirect: 'manual',
        ...(patience !== null && { signal: AbortSignal.timeout(patience) }),
      });
    } catch (error) {
      throw unreachable(where, error);
    }
    if (response.ok) return response;
    throw await refusal(where, region, response);
  }

  /** Other web servers may say 200 to anything, S3 tells the entity tag of each object. */
  async function objectOnce(request: S3Request, patience: number | null): Promise<Response> {
    const response = await once(request, patience);
    if (response.headers.has('etag')) return response;
    await response.body?.cancel();
    throw notS3(where);
  }

  /** Asks until there is an answer to keep, or no hope of one. */
  async function repeated<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof S3Error && error.retryable) || tries === TRIES) throw error;
        await new Promise((resolve) =>
          setTimeout(resolve, FIRST_PAUSE * 2 ** (tries - 1) * (0.5 + Math.random() / 2)),
        );
      }
    }
  }

  return {
    where,

    /**
     * An answer about an object, with its body.
     * @param bytes of the answer, about.
     * @throws S3Error
     */
    async ask(request: S3Request, bytes = 0): Promise<{ body: Uint8Array<ArrayBuffer>; headers: Headers }> {
      const patience = PATIENCE + Math.ceil(Math.max(bytes, request.body?.length ?? 0) / SLOWEST);
      return repeated(async () => {
        const response = await objectOnce(request, patience);
        try {
          return { body: new Uint8Array(await response.arrayBuffer()), headers: response.headers };
        } catch (error) {
          throw unreachable(where, error);
        }
      });
    },

    /**
     * An answer about an object, whose body is yet to come.
     * @throws S3Error
     */
    open: (request: S3Request): Promise<Response> => repeated(() => objectOnce(request, null)),

    /**
     * Of an answer only that there was one.
     * @throws S3Error
     */
    async askNothing(request: S3Request): Promise<void> {
      await repeated(async () => {
        const response = await once(request, PATIENCE);
        await response.body?.cancel();
      });
    },

    /**
     * An answer in XML.
     * @param root name of its root element.
     * @throws S3Error, also for an error that comes with status 200 (CopyObject, DeleteObjects).
     */
    async askXml(request: S3Request, root: string): Promise<Record<string, unknown>> {
      return repeated(async () => {
        const response = await once(request, PATIENCE);
        const text = await response.text().catch((error) => {
          throw unreachable(where, error);
        });
        const document = parsed(text);
        const error = errorIn(document);
        if (error !== null) throw refused(where, region, response, error);
        const element = document?.[root];
        if (element === undefined) throw notS3(where);
        return element === '' ? {} : (element as Record<string, unknown>);
      });
    },
  };
}

/** Every character that RFC 3986 reserves, so that what is signed and what is sent are the same text. */
function encoded(key: string): string {
  const part = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return key.split('/').map(part).join('/');
}

/** The value of `x-amz-copy-source`. */
export function copySource(bucket: string, key: string): string {
  return `/${bucket}/${encoded(key)}`;
}

interface ErrorElement {
  readonly Code?: string;
  readonly Message?: string;
  readonly Region?: string;
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return xml.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function errorIn(document: Record<string, unknown> | null): ErrorElement | null {
  const [error] = (document?.Error ?? []) as ErrorElement[];
  return error?.Code === undefined ? null : error;
}

async function refusal(where: string, region: string, response: Response): Promise<S3Error> {
  const text = await response.text().catch(() => '');
  return refused(where, region, response, errorIn(parsed(text)));
}

function refused(
  where: string,
  region: string,
  { status, headers }: Response,
  error: ErrorElement | null,
): S3Error {
  const code = error?.Code ?? null;
  const retryable =
    status >= 500 || status === 429 || ['SlowDown', 'InternalError', 'RequestTimeout'].includes(code ?? '');
  const said = code === null ? `status ${status}` : `${code}, status ${status}`;
  const say = (text: string) => new S3Error(`${where}: ${text} (${said})`, code, retryable);
  const right = headers.get('x-amz-bucket-region') ?? error?.Region;
  if (right && right !== region && status < 500) {
    return say(`the bucket is in the region ${right}: set AWS_REGION=${right}`);
  }
  switch (code) {
    case 'NoSuchBucket':
      return say('there is no such bucket: create it, or correct its name or AWS_ENDPOINT_URL');
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'Unauthorized':
    case 'InvalidToken':
    case 'ExpiredToken':
      return say(
        'the credentials were refused: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN if they are temporary',
      );
    case 'AccessDenied':
    case 'AllAccessDisabled':
      return say(
        'these credentials may not do this: they need to read, write, list and delete objects of the bucket',
      );
    case 'RequestTimeTooSkewed':
      return say('the clock of this machine is wrong');
    case null:
      return retryable ? say('the service does not work just now') : notS3(where, said);
    default:
      return say(error?.Message?.trim().replace(/\.$/, '') || 'the service refused');
  }
}

function notS3(where: string, said?: string): S3Error {
  const status = said === undefined ? '' : ` (${said})`;
  return new S3Error(`${where}: what answers there is no S3 service: check AWS_ENDPOINT_URL${status}`, null);
}

/** Of a connection that was not made or broke. */
function unreachable(where: string, error: unknown): S3Error {
  const { name, message, cause } = error as Error & { cause?: Error & { code?: string } };
  if (name === 'TimeoutError') return new S3Error(`${where}: no answer in time`, null, true);
  const reason = cause?.code ?? cause?.message ?? message;
  const hopeless = /^(ENOTFOUND|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(reason);
  return new S3Error(
    `${where}: cannot be reached (${reason}): check AWS_ENDPOINT_URL and the network`,
    null,
    !hopeless,
  );
}
