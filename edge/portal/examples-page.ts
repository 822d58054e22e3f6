import { html, raw } from 'hono/html';
import { STYLE } from './style.ts';

/** Of the RDFa of examples (DALI 1.1 §2.3). */
const VOCABULARY = 'http://www.ivoa.net/rdf/examples#';

type Markup = ReturnType<typeof html>;

/**
 * Examples for people and programs: XHTML with RDFa (DALI 1.1 §2.3).
 * @param title of the service.
 * @param what the examples are: `queries`.
 * @param lead words of the first line.
 */
export function examplesPage(title: string, what: string, lead: Markup, examples: Markup | Markup[]) {
  return html`<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${title}: example ${what}</title>
<style>${raw(STYLE.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))}</style>
</head>
<body vocab="${VOCABULARY}">
<header>
<h1>Example ${what}</h1>
<p class="lead">${lead}</p>
</header>
<main>
${examples}
</main>
</body>
</html>`;
}

/** What all examples have. */
export interface NamedExample {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

/** @param content what to ask, with the properties of the vocabulary. */
export function exampleCard({ id, name, description }: NamedExample, content: Markup) {
  return html`<div class="card" id="${id}" resource="#${id}" typeof="example">
<h2 property="name">${name}</h2>
<p property="description">${description}</p>
${content}</div>
`;
}
