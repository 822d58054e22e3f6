import { html } from 'hono/html';
import { exampleCard, examplesPage } from '../portal/examples-page.ts';
import type { Example } from './examples.ts';
import { queryAddress } from './query-form.ts';

/** @param url of TAP, without a trailing slash. */
export function exampleQueriesPage(title: string, url: string, examples: readonly Example[]) {
  const lead = html`For <a href="${url}">TAP</a> of ${title}. Each runs as it is.`;
  const cards = examples.map((example) => {
    const { query, table } = example;
    return exampleCard(
      example,
      html`<pre property="query">${query}</pre>
<p>Table: <code property="table">${table}</code></p>
<p><a href="${queryAddress(url, query)}">Run it</a></p>
`,
    );
  });
  return examplesPage(title, 'queries', lead, cards);
}
