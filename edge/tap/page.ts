import { html, raw } from 'hono/html';
import type { Table } from '../../engine/catalog/table.ts';
import { tableQueryName } from '../../engine/tap-schema/query-name.ts';
import { STYLE } from '../portal/style.ts';
import { SOFTWARE } from '../service.ts';
import type { Example } from './examples.ts';
import { queryForm } from './query-form.ts';
import type { TapLimits } from './service.ts';

/** What TAP is, for people who look at its address with a browser. */
export interface TapPage {
  readonly title: string;
  /** Of TAP, without a trailing slash. */
  readonly url: string;
  readonly limits: TapLimits;
  readonly tables: readonly Table[];
  readonly examples: readonly Example[];
}

export function tapPage({ title, url, limits, tables, examples }: TapPage) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: TAP</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>Queries in ADQL</h1>
<p class="lead">This is the <a href="https://www.ivoa.net/documents/TAP/">Table Access Protocol</a> (TAP 1.1) of
<a href="${url.slice(0, -'/tap'.length)}/">${title}</a>. Give this page's address, <code>${url}</code>, to TOPCAT, STILTS, pyVO or Aladin, or try it here.</p>
</header>
<main>
<section class="card">
<h2>Try it</h2>
${queryForm(url, examples[0]!.query)}
<p>More to start from: <a href="${url}/examples">examples</a>.</p>
</section>
<section class="card">
<h2>Tables</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Tables">
<table>
<thead><tr><th scope="col">Name</th><th scope="col">Description</th><th scope="col">Columns</th></tr></thead>
<tbody>${tables.map((table) => tableRow(url, table))}</tbody>
</table>
</div>
</section>
<section class="card">
<h2>Use it</h2>
<pre><code>import pyvo
service = pyvo.dal.TAPService("${url}")
rows = service.run_sync("""${examples[0]!.query}""").to_table()</code></pre>
<pre><code>stilts tapquery tapurl=${url} sync=true adql=${inShell(examples[0]!.query)}</code></pre>
<pre><code>curl ${url}/sync -d LANG=ADQL -d RESPONSEFORMAT=csv --data-urlencode QUERY=${inShell(examples[0]!.query)}</code></pre>
<p>An answer has ${limits.defaultRecords.toLocaleString('en')} rows unless MAXREC says otherwise, and at most
${limits.maxRecords.toLocaleString('en')}. A query may take ${limits.seconds} s.</p>
<p>What takes longer runs as a job (<code>run_async</code>, <code>sync=false</code>): up to ${limits.jobTimes.seconds.toLocaleString('en')} s and
${limits.ofJobs.maxRecords.toLocaleString('en')} rows. <a href="${url}/async/description.json">What a job takes</a>, for programs.</p>
</section>
</main>
<footer>
<p>For programs: <a href="${url}/capabilities">capabilities</a>, <a href="${url}/tables">tables</a>,
<a href="${url}/availability">availability</a>, <a href="${url}/examples">examples</a>. Answered by ${SOFTWARE}.</p>
</footer>
</body>
</html>`;
}

/** A text as one word of a shell. */
const inShell = (text: string): string => `"${text.replaceAll(/["$`\\]/g, '\\$&')}"`;

function tableRow(url: string, table: Table) {
  const name = tableQueryName(table);
  return html`<tr><th scope="row"><a href="${url}/tables/${encodeURIComponent(name)}"><code>${name}</code></a></th>
<td class="what">${table.description ?? ''}</td><td>${table.columns.length}</td></tr>
`;
}
