import { html, raw } from 'hono/html';
import { STYLE } from '../portal/style.ts';
import type { CutoutExample } from './examples.ts';

/** Of the RDFa of examples (DALI 1.1 §2.3). */
const VOCABULARY = 'http://www.ivoa.net/rdf/examples#';

/**
 * Examples for people and programs: XHTML with RDFa, whose parameters are `generic-parameter`s (SODA 1.0 §2.3, DALI 1.1 §2.3.2).
 * @param url of SODA, without a trailing slash.
 */
export function examplesPage(title: string, url: string, examples: readonly CutoutExample[]) {
  return html`<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${title}: example cutouts</title>
<style>${raw(STYLE.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))}</style>
</head>
<body vocab="${VOCABULARY}">
<header>
<h1>Example cutouts</h1>
<p class="lead">For SODA of ${title}.</p>
</header>
<main>
${examples.length === 0 ? html`<p>No image is published yet.</p>` : examples.map((example) => section(url, example))}
</main>
</body>
</html>`;
}

function section(url: string, { id, name, description, parameters }: CutoutExample) {
  const query = new URLSearchParams(parameters.map(([key, value]) => [key, value]));
  return html`<div class="card" id="${id}" resource="#${id}" typeof="example">
<h2 property="name">${name}</h2>
<p property="description">${description}</p>
${parameters.map(
  ([key, value]) =>
    html`<p property="generic-parameter" typeof="keyval"><code property="key">${key}</code> = <code property="value">${value}</code></p>
`,
)}<p><a href="${`${url}/sync?${query}`}">Cut it out</a></p>
</div>
`;
}
