import type { Context } from 'hono';
import type { Release } from '../../engine/catalog/release.ts';
import { quoted, RequestError } from '../request-error.ts';
import type { DescribedTable, Detail } from './tables.ts';

/** VOSI 1.1 §3.3.1: the columns too, unless `detail=min`. */
export function detailOf(c: Context): Detail {
  const detail = new Map(
    Object.entries(c.req.query()).map(([name, value]) => [name.toLowerCase(), value]),
  ).get('detail');
  if (detail === undefined || detail === 'max') return 'max';
  if (detail === 'min') return 'min';
  throw new RequestError(400, `detail ${quoted(detail)} is neither min nor max.`);
}

export function xml(c: Context, document: string, cacheControl = 'public, max-age=60'): Response {
  return c.body(document, 200, { 'content-type': 'text/xml;charset=utf-8', 'cache-control': cacheControl });
}

/** A release's table and its rows. */
export function describedTable({ manifest }: Release): DescribedTable {
  return { table: manifest.table, rows: manifest.rows };
}
