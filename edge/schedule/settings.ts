import { numberVariable } from '../variables.ts';

/** The worker's variables and secrets: texts; one that is empty or absent has its default. */
export interface Variables {
  /** When the export is started: one of the crons in wrangler.toml. */
  readonly EXPORT_CRON?: string;
  readonly EXPORT_URL?: string;
  /** Value of the header Authorization. */
  readonly EXPORT_AUTHORIZATION?: string;
  readonly EXPORT_BODY?: string;
  /** When it is looked for. */
  readonly CHECK_CRON?: string;
  readonly CHECK_HOURS?: string;
  readonly ALERT_URL?: string;
}

/** The request that starts an export. */
export interface ExportRequest {
  readonly url: URL;
  readonly authorization: string | null;
  readonly body: string | null;
}

/**
 * Where and how the export is started; null where it is not by this worker.
 * @throws Error naming the variable that is wrong, and what would be right.
 */
export function exportRequest(env: Variables): ExportRequest | null {
  const { EXPORT_AUTHORIZATION: authorization, EXPORT_BODY: body } = env;
  const url = secretAddress(env, 'EXPORT_URL');
  if (url === null) return null;
  if (authorization && !/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(authorization)) {
    throw new Error(
      'EXPORT_AUTHORIZATION is no value of a header: it must be one line, such as Bearer and a token, with no space or line break around it',
    );
  }
  if (body && !isJson(body))
    throw new Error('EXPORT_BODY is not JSON: it must be such as {"ref": "main"}, or empty');
  return { url, authorization: authorization || null, body: body || null };
}

/** @throws Error where it is no address. */
export function alertAddress(env: Variables): URL | null {
  return secretAddress(env, 'ALERT_URL');
}

/** @throws Error where it is no number of hours. */
export function checkHours(env: Variables): number {
  return numberVariable(env, 'CHECK_HOURS', 5, 0.1, 24 * 31);
}

/** What goes over the network unencrypted is no secret any more; it stays on a machine that calls itself. */
function secretAddress(env: Variables, name: 'EXPORT_URL' | 'ALERT_URL'): URL | null {
  const text = env[name];
  if (!text) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || isLocal) return url;
  // The text may hold a token.
  throw new Error(`${name} is not an address that begins with https://`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
