import { html, raw } from 'hono/html';
import { type Opened, releasesOf } from '../catalogs.ts';
import { exampleCone } from '../example-cone.ts';
import { conePath, type Service, SOFTWARE } from '../service.ts';
import { IMAGES } from '../sia/catalog.ts';
import { exampleQueries } from '../tap/examples.ts';
import { queryForm } from '../tap/query-form.ts';
import { catalogSection, damagedSection } from './catalog-section.ts';
import { imagesSection } from './images-section.ts';
import { STYLE } from './style.ts';
import { usageSection } from './usage.ts';

/**
 * What the service is, for people: its catalogues, an example of everything it answers, and how to use it. Links are relative, so
 * that the page works below any address.
 * @param root address of the service, without a trailing slash.
 */
export function frontPage(service: Service, root: string, catalogs: readonly Opened[]) {
  const { title } = service;
  const names = catalogs.map(({ name }) => name);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Astronomical catalogues in the Virtual Observatory: cone search of ${names.join(', ')}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead">Astronomical catalogues in the Virtual Observatory. Every catalogue of positions answers
<a href="https://www.ivoa.net/documents/latest/ConeSearch.html">Simple Cone Search</a>: give a position and a radius, get
the rows inside, as VOTable, CSV, TSV or JSON. ${service.tap === null ? '' : raw('Queries in ADQL reach all of them at once (<a href="#query">TAP</a>). ')}It works with TOPCAT, Aladin, pyVO,
STILTS, and the forms below. <a href="bulk">Bulk downloads</a> are whole catalogues as Parquet files, for LSDB, DuckDB, pyarrow and astropy.</p>
${names.length > 1 ? contents(names) : ''}
</header>
<main>
${names.length === 0 ? NOTHING_YET : ''}
${service.tap === null || names.length === 0 ? '' : querySection(service, catalogs)}
${imagesOf(service, root, catalogs)}
${catalogs.map((catalog) => section(service, catalog))}
${usage(service, root, catalogs)}
</main>
<footer>
<p>For programs: <a href="capabilities">capabilities</a>, <a href="tables">tables</a>,
<a href="availability">availability</a> (VOSI 1.1). Answered by ${SOFTWARE}.</p>
</footer>
</body>
</html>`;
}

function contents(names: readonly string[]) {
  return html`<nav aria-label="Catalogues"><ul class="contents">
${names.map((name) => html`<li><a href="#${encodeURIComponent(name)}">${name}</a></li>`)}
<li><a href="#use">How to use it</a></li>
</ul></nav>`;
}

function section({ engine: { kernel }, limits, tap }: Service, catalog: Opened) {
  if ('failure' in catalog) return damagedSection(catalog.name, catalog.failure);
  const cone = exampleCone(kernel, catalog.release, limits.maxRadius);
  return catalogSection(catalog.release, { kernel, limits, cone, tap: tap !== null });
}

function imagesOf({ engine: { kernel } }: Service, root: string, catalogs: readonly Opened[]) {
  const images = releasesOf(catalogs).find(({ manifest }) => manifest.catalog === IMAGES);
  return images === undefined ? '' : imagesSection(kernel, images, root);
}

/** A form for queries; the example is the first that there is. */
function querySection({ engine: { kernel } }: Service, catalogs: readonly Opened[]) {
  const [example] = exampleQueries(kernel, releasesOf(catalogs));
  return html`<section class="card" id="query" aria-labelledby="query-name">
<h2 id="query-name">Query in ADQL</h2>
<p>All catalogues answer queries together, by the <a href="https://www.ivoa.net/documents/TAP/">Table Access Protocol</a>:
give <a href="tap">its address</a> to TOPCAT, STILTS, pyVO or Aladin, start from one of the <a href="tap/examples">examples</a>, or ask here.</p>
${queryForm('tap', example!.query)}
</section>`;
}

/** The examples to copy are about the first catalogue that has rows. */
function usage({ engine, limits }: Service, root: string, catalogs: readonly Opened[]) {
  for (const release of releasesOf(catalogs)) {
    const cone = exampleCone(engine.kernel, release, limits.maxRadius);
    if (cone !== null) return usageSection(`${root}/${conePath(release.manifest.catalog)}`, cone);
  }
  return '';
}

const NOTHING_YET = html`<section class="card">
<h2>No catalogue has been published yet</h2>
<p>The service is up and its bucket is empty. If this is your service:</p>
<pre><code>npx almagest load stars.csv --as survey.stars   # a file into PostgreSQL …
npx almagest publish survey.stars               # … or describe a table that is there already
npx almagest export                             # write its release; this page then shows it</code></pre>
</section>`;
