import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { STYLE } from '../portal/style.ts';
import { SOFTWARE } from '../service.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** A page of the bulk downloads. */
export interface Page {
  readonly title: string;
  /** Where it is: the pages above it, by their address. */
  readonly above: readonly { readonly name: string; readonly url: string }[];
  readonly heading: string;
  readonly lead: Html | string;
  readonly body: Html;
}

export function pageOf({ title, above, heading, lead, body }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<nav aria-label="Above"><ul class="links">${above.map(({ name, url }) => html`<li><a href="${url}">${name}</a></li>`)}</ul></nav>
<h1>${heading}</h1>
<p class="lead">${lead}</p>
</header>
<main>
${body}
</main>
<footer><p>Answered by ${SOFTWARE}.</p></footer>
</body>
</html>`;
}

/** A table with one row of cells for each entry; the first cell is its heading. */
export function tableOf(
  label: string,
  heads: readonly string[],
  rows: readonly (readonly (Html | string)[])[],
): Html {
  const row = ([first, ...cells]: readonly (Html | string)[]) =>
    html`<tr><th scope="row">${first}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
<table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(row)}</tbody>
</table>
</div>`;
}

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** A size for people: three digits and a decimal unit. */
export function sizeText(bytes: number): string {
  let unit = 0;
  let value = bytes;
  for (; value >= 999.5 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${UNITS[unit]}`;
}

/** To the minute. */
export function timeText(time: string): Html {
  return html`<time datetime="${time}">${time.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
