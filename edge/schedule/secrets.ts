import type { Variables } from './settings.ts';

/** Shorter ones are words. */
const SHORTEST = 6;

/** Takes what only the owner of the worker knows out of texts: addresses, which may hold tokens, and what is sent there. */
export function withoutSecrets(env: Variables): (text: string) => string {
  const { EXPORT_URL, EXPORT_AUTHORIZATION = '', EXPORT_BODY = '', ALERT_URL } = env;
  const secrets = [
    ...partsOfAddress(EXPORT_URL),
    ...partsOfAddress(ALERT_URL),
    EXPORT_AUTHORIZATION,
    ...EXPORT_AUTHORIZATION.split(' '),
    EXPORT_BODY,
    ...(EXPORT_BODY.match(/[^"\\]+(?=")/g) ?? []),
  ]
    .filter((secret) => secret.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((safe, secret) => safe.replaceAll(secret, '***'), text);
}

function partsOfAddress(text: string | undefined): string[] {
  if (!text) return [];
  if (!URL.canParse(text)) return [text];
  const { href, pathname, search, searchParams } = new URL(text);
  return [text, href, `${pathname}${search}`, ...pathname.split('/'), ...searchParams.values()];
}
