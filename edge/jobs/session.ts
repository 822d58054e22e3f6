import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { ID_PATTERN, randomId } from './job.ts';

const COOKIE = 'almagest_session';
const YEAR = 365 * 86_400;

/** The session of a request; null where its client has none. */
export function sessionOf(c: Context): string | null {
  const session = getCookie(c, COOKIE);
  return session !== undefined && ID_PATTERN.test(session) ? session : null;
}

/** The same, and a new one where its client has none: the list of jobs is that of those who give it back. */
export function sessionFor(c: Context): string {
  const session = sessionOf(c) ?? randomId();
  const secure = new URL(c.req.url).protocol === 'https:';
  setCookie(c, COOKIE, session, { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: YEAR, secure });
  return session;
}
