/** Where an S3-compatible service keeps what is ours, and as whom it is asked. */
export interface S3Location {
  readonly bucket: string;
  /** What all keys begin with, without slashes at its ends; `''`: the bucket is ours alone. */
  readonly prefix: string;
  /** Address of the service, without a trailing slash. The bucket's name goes into the path. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: S3Credentials;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken: string | null;
}

/** What AWS's own programs take for R2, MinIO and Ceph too: those ignore the region, or know it as an alias. */
const DEFAULT_REGION = 'us-east-1';

export function isS3Address(text: string): boolean {
  return /^s3:\/\//i.test(text);
}

/**
 * The location that `s3://bucket/prefix` names, with what AWS's own programs read from the environment: `AWS_ACCESS_KEY_ID`,
 * `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION` or `AWS_DEFAULT_REGION`, and for services other than Amazon's
 * `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`.
 * @throws Error naming what is missing or wrong, and what would be right.
 */
export function s3Location(address: string, env: Readonly<Record<string, string | undefined>>): S3Location {
  const match = /^s3:\/\/([^/]*)\/?(.*)$/i.exec(address);
  const bucket = match?.[1] ?? '';
  if (!/^[a-z0-9][a-z0-9._-]{1,62}$/i.test(bucket)) {
    throw new Error(`"${address}" names no bucket: it should look like s3://bucket or s3://bucket/folder`);
  }
  const prefix = match![2]!.replace(/\/+$/, '');
  if (prefix.split('/').some((part) => part === '' || part.startsWith('.')) && prefix !== '') {
    throw new Error(
      `"${address}": each part of the folder needs a plain name, as in s3://bucket/some/folder`,
    );
  }
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || DEFAULT_REGION;
  return {
    bucket,
    prefix,
    endpoint: endpointOf(env) ?? `https://s3.${region}.amazonaws.com`,
    region,
    credentials: {
      accessKeyId: needed(env, 'AWS_ACCESS_KEY_ID', address),
      secretAccessKey: needed(env, 'AWS_SECRET_ACCESS_KEY', address),
      sessionToken: env.AWS_SESSION_TOKEN || null,
    },
  };
}

function endpointOf(env: Readonly<Record<string, string | undefined>>): string | null {
  const name = env.AWS_ENDPOINT_URL_S3 ? 'AWS_ENDPOINT_URL_S3' : 'AWS_ENDPOINT_URL';
  const text = env[name];
  if (!text) return null;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') {
    throw new Error(`${name} is no address of a service: it should look like https://s3.example.org`);
  }
  return url.href.replace(/\/+$/, '');
}

function needed(env: Readonly<Record<string, string | undefined>>, name: string, address: string): string {
  const value = env[name];
  if (!value) {
    throw new Error(
      `${address} needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${name} is not set)`,
    );
  }
  return value;
}
