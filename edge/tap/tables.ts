import { Hono } from 'hono';
import { nearestName } from '../../engine/nearest-name.ts';
import { tableQueryName } from '../../engine/tap-schema/query-name.ts';
import { quoted, RequestError } from '../request-error.ts';
import { detailOf, xml } from '../vosi/answer.ts';
import { type DescribedTable, tableDocument, tablesDocument } from '../vosi/tables.ts';
import type { Published } from './published.ts';
import type { TapService } from './service.ts';

/** The tables that queries may name (VOSI 1.1 §3.3): all of them, and each by its name. */
export function publishedTablesApp({ published }: Pick<TapService, 'published'>): Hono {
  const app = new Hono({ strict: false });
  app.get('/', async (c) => xml(c, tablesDocument(described(await published()), detailOf(c))));
  app.get('/:table', async (c) => {
    const name = c.req.param('table');
    const tables = described(await published());
    return xml(c, tableDocument(namedTable(name, tables)));
  });
  return app;
}

function described({ tables, releases }: Published): DescribedTable[] {
  return tables.map((table) => ({ table, rows: releases.get(table)?.manifest.rows ?? null }));
}

/** @throws RequestError (404) that names the table that was probably meant. */
function namedTable(name: string, tables: readonly DescribedTable[]): DescribedTable {
  const names = tables.map(({ table }) => tableQueryName(table));
  const at = names.findIndex((known) => known.toLowerCase() === name.toLowerCase());
  if (at >= 0) return tables[at]!;
  const nearest = nearestName(name, names);
  const advice = nearest === null ? `There are ${names.join(', ')}.` : `Did you mean ${nearest}?`;
  throw new RequestError(404, `There is no table ${quoted(name)}. ${advice}`);
}
