import { html } from 'hono/html';
import type { Opened } from '../catalogs.ts';
import { bulkUrl, catalogUrl, releaseUrl } from './addresses.ts';
import { type Html, pageOf, sizeText, tableOf } from './layout.ts';

/** All catalogues, for people. */
export function catalogsPage(title: string, root: string, catalogs: readonly Opened[]): Html {
  const rows = catalogs.map((catalog) => {
    const link = html`<a href="${catalogUrl(root, catalog.name)}">${catalog.name}</a>`;
    if ('failure' in catalog) return [link, catalog.failure.message, '', '', ''];
    const { table, release, rows, bytes } = catalog.release.manifest;
    return [link, table.description ?? '', release, rows.toLocaleString('en'), sizeText(bytes)];
  });
  return pageOf({
    title: `${title}: bulk downloads`,
    above: [{ name: title, url: `${root}/` }],
    heading: 'Bulk downloads',
    lead: html`Whole catalogues as Parquet files, in the layout of
<a href="https://www.ivoa.net/documents/Notes/HATS/">HATS</a>: the very files that this service answers from. LSDB, pyarrow, DuckDB and astropy
read them where they are; curl, wget and aria2c fetch them.`,
    body: html`<section class="card">
<h2>Catalogues</h2>
${catalogs.length === 0 ? html`<p>None has been published yet.</p>` : tableOf('Catalogues', ['Catalogue', 'Description', 'Latest release', 'Rows', 'Size'], rows)}
<p>For programs: <a href="${bulkUrl(root)}.json">the same as JSON</a>.</p>
</section>`,
  });
}

/** All catalogues, for programs. */
export function catalogsJson(root: string, catalogs: readonly Opened[]) {
  return {
    catalogs: catalogs.map((catalog) => {
      const url = catalogUrl(root, catalog.name);
      if ('failure' in catalog) return { catalog: catalog.name, url, failure: catalog.failure.message };
      const { table, release, created, rows, bytes } = catalog.release.manifest;
      return {
        catalog: catalog.name,
        url,
        description: table.description,
        latest: { release, created, rows, bytes, url: releaseUrl(root, catalog.name, release) },
      };
    }),
  };
}
