import { html, raw } from 'hono/html';
import { STYLE } from '../portal/style.ts';
import type { Example } from './examples.ts';
import { queryAddress } from './query-form.ts';

/** Of the RDFa of examples (DALI 1.1 §2.3). */
const VOCABULARY = 'http://www.ivoa.net/rdf/examples#';

/**
 * Examples for people and programs: XHTML with RDFa (DALI 1.1 §2.3).
 * @param url of TAP, without a trailing slash.
 */
export function examplesPage(title: string, url: string, examples: readonly Example[]) {
  return html`<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${title}: example queries</title>
<style>${raw(STYLE.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))}</style>
</head>
<body vocab="${VOCABULARY}">
<header>
<h1>Example queries</h1>
<p class="lead">For <a href="${url}">TAP</a> of ${title}. Each runs as it is.</p>
</header>
<main>
${examples.map((example) => section(url, example))}
</main>
</body>
</html>`;
}

function section(url: string, { id, name, description, query, table }: Example) {
  return html`<div class="card" id="${id}" resource="#${id}" typeof="example">
<h2 property="name">${name}</h2>
<p property="description">${description}</p>
<pre property="query">${query}</pre>
<p>Table: <code property="table">${table}</code></p>
<p><a href="${queryAddress(url, query)}">Run it</a></p>
</div>
`;
}
