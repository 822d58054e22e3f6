import { html } from 'hono/html';
import { exampleCard, examplesPage } from '../portal/examples-page.ts';
import type { CutoutExample } from './examples.ts';

/**
 * Cutouts whose parameters are `generic-parameter`s (SODA 1.0 §2.3, DALI 1.1 §2.3.2).
 * @param url of SODA, without a trailing slash.
 */
export function exampleCutoutsPage(title: string, url: string, examples: readonly CutoutExample[]) {
  const lead = html`For SODA of ${title}.`;
  if (examples.length === 0) {
    return examplesPage(title, 'cutouts', lead, html`<p>No image is published yet.</p>`);
  }
  const cards = examples.map((example) => exampleCard(example, parametersOf(url, example)));
  return examplesPage(title, 'cutouts', lead, cards);
}

function parametersOf(url: string, { parameters }: CutoutExample) {
  const query = new URLSearchParams(parameters.map(([key, value]) => [key, value]));
  return html`${parameters.map(
    ([key, value]) =>
      html`<p property="generic-parameter" typeof="keyval"><code property="key">${key}</code> = <code property="value">${value}</code></p>
`,
  )}<p><a href="${`${url}/sync?${query}`}">Cut it out</a></p>
`;
}
