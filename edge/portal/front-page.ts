import { html, raw } from 'hono/html';
import type { Release } from '../../engine/catalog/release.ts';
import { exampleCone } from '../example-cone.ts';
import { type Service, SOFTWARE } from '../service.ts';
import { catalogSection } from './catalog-section.ts';
import { STYLE } from './style.ts';
import { usageSection } from './usage.ts';

/**
 * What the service is, for people: its catalogues, an example of everything it answers, and how to use it.
 * @param root address of the service, without a trailing slash.
 */
export function frontPage(service: Service, root: string, releases: readonly Release[]) {
  const { title, limits } = service;
  const { kernel } = service.engine;
  const examples = releases.map((release) => ({
    release,
    cone: exampleCone(kernel, release.manifest, limits.maxRadius),
  }));
  const first = examples.find(({ cone }) => cone !== null);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Astronomical catalogues in the Virtual Observatory: cone search of ${names(releases)}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead">Astronomical catalogues in the Virtual Observatory. Every catalogue here answers
<a href="https://www.ivoa.net/documents/latest/ConeSearch.html">Simple Cone Search</a>: give a position and a radius, get
the rows inside, as VOTable, CSV, TSV or JSON. It works with TOPCAT, Aladin, pyVO, STILTS, and the form below.</p>
${releases.length > 1 ? contents(releases) : ''}
</header>
<main>
${releases.length === 0 ? NOTHING_YET : ''}
${examples.map(({ release, cone }) => catalogSection(kernel, limits, release, cone))}
${first?.cone ? usageSection(`${root}/scs/${first.release.manifest.catalog}`, first.cone) : ''}
</main>
<footer>
<p>For programs: <a href="/capabilities">capabilities</a>, <a href="/tables">tables</a>,
<a href="/availability">availability</a> (VOSI 1.1). Answered by ${SOFTWARE}.</p>
</footer>
</body>
</html>`;
}

function names(releases: readonly Release[]): string {
  return releases.map(({ manifest }) => manifest.catalog).join(', ');
}

function contents(releases: readonly Release[]) {
  return html`<nav aria-label="Catalogues"><ul class="contents">
${releases.map(({ manifest }) => html`<li><a href="#${manifest.catalog}">${manifest.catalog}</a></li>`)}
<li><a href="#use">How to use it</a></li>
</ul></nav>`;
}

const NOTHING_YET = html`<section class="card">
<h2>No catalogue has been published yet</h2>
<p>The service is up and its bucket is empty. If this is your service:</p>
<pre><code>npx almagest load stars.csv --as survey.stars   # a file into PostgreSQL …
npx almagest publish survey.stars               # … or describe a table that is there already
npx almagest export                             # write its release; this page then shows it</code></pre>
</section>`;
