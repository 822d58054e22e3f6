import { html } from 'hono/html';
import type { Column } from '../../engine/catalog/column.ts';
import type { Release } from '../../engine/catalog/release.ts';
import { hasPositions } from '../../engine/catalog/table.ts';
import type { Cone, HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { tableQueryName } from '../../engine/tap-schema/query-name.ts';
import { sizeText } from '../bulk/layout.ts';
import type { Failure } from '../failure.ts';
import { conePath, type Limits } from '../service.ts';
import { coneExample, type Example, rowsExample } from '../tap/examples.ts';
import { queryAddress } from '../tap/query-form.ts';
import { skyMap } from './sky-map.ts';

/** Tables with more columns than this show them when asked. */
const FEW_COLUMNS = 30;

/** What a catalogue's section shows beside its release. */
export interface SectionOptions {
  readonly kernel: HealpixKernel;
  readonly limits: Limits;
  /** One with rows in it; null where the catalogue has none. */
  readonly cone: Cone | null;
  /** Whether there is TAP. */
  readonly tap: boolean;
}

/** All about one catalogue. */
export function catalogSection(release: Release, options: SectionOptions) {
  const { catalog, table } = release.manifest;
  const id = encodeURIComponent(catalog);
  return html`<section class="card" id="${id}" aria-labelledby="${id}-name">
<h2 id="${id}-name">${catalog}</h2>
<p>${table.description ?? 'No description.'}</p>
<div class="overview">
${facts(release)}
${skyMap(options.kernel, release.manifest)}
</div>
${hasPositions(table) ? coneSection(release, options) : options.tap ? rowsSection(release) : ''}
<h3>Columns</h3>
<details ${table.columns.length <= FEW_COLUMNS ? 'open' : ''}>
<summary>${table.columns.length} columns</summary>
${columnTable(table.columns)}
</details>
</section>`;
}

function coneSection(release: Release, { limits, cone, tap }: SectionOptions) {
  const address = conePath(release.manifest.catalog);
  return html`<h3>Cone search</h3>
${searchForm(address, limits, cone)}
${cone === null ? '' : examples(address, cone)}
${cone === null || !tap ? '' : queryExample(coneExample(release, cone, 1))}`;
}

/** What can be asked of a table without positions. */
function rowsSection({ manifest }: Release) {
  return html`<p>Its rows have no positions: it answers queries, alone or joined with other tables, but no cone search.</p>
${queryExample(rowsExample(tableQueryName(manifest.table), 1))}`;
}

/** A catalogue whose release cannot be opened. */
export function damagedSection(name: string, { message }: Failure) {
  return html`<section class="card" id="${encodeURIComponent(name)}">
<h2>${name}</h2>
<p>This catalogue cannot be searched at the moment. ${message}</p>
</section>`;
}

function facts({ manifest }: Release) {
  const { catalog, rows, rowsWithoutPosition, release, created, bytes } = manifest;
  return html`<dl>
<dt>Rows</dt><dd>${rows.toLocaleString('en')}</dd>
${rowsWithoutPosition > 0 ? html`<dt>Without a position, left out</dt><dd>${rowsWithoutPosition.toLocaleString('en')}</dd>` : ''}
<dt>Release</dt><dd>${release}</dd>
<dt>All of it</dt><dd><a href="bulk/${encodeURIComponent(catalog)}">${sizeText(bytes)} of Parquet</a></dd>
<dt>Written</dt><dd><time datetime="${created}">${created.slice(0, 16).replace('T', ' ')} UTC</time></dd>
</dl>`;
}

function searchForm(address: string, { maxRadius }: Limits, cone: Cone | null) {
  const field = (name: string, label: string, value: number | undefined) =>
    html`<label>${label} <input name="${name}" inputmode="decimal" required value="${value ?? ''}"></label>`;
  return html`<form action="${address}" method="get">
${field('RA', 'RA, degrees', cone?.lon)}
${field('DEC', 'Dec, degrees', cone?.lat)}
${field('SR', `Radius, degrees (up to ${maxRadius})`, cone?.radius)}
<label>Format <select name="RESPONSEFORMAT">
<option value="votable">VOTable</option><option value="csv">CSV</option><option value="tsv">TSV</option><option value="json">JSON</option>
<option value="arrow">Arrow</option><option value="parquet">Parquet</option>
</select></label>
<input type="hidden" name="SORT" value="separation">
<button>Search</button>
</form>`;
}

function examples(address: string, { lon, lat, radius }: Cone) {
  const link = (label: string, parameters: string, verb = '') =>
    html`<li><a href="${address}?RA=${lon}&amp;DEC=${lat}&amp;SR=${radius}${parameters}">${label}</a>${verb}</li>`;
  return html`<p>The same position in each format:</p>
<ul class="links">
${link('VOTable', '')}
${link('VOTable, binary', '&RESPONSEFORMAT=votable/b2')}
${link('CSV', '&RESPONSEFORMAT=csv')}
${link('TSV', '&RESPONSEFORMAT=tsv')}
${link('JSON', '&RESPONSEFORMAT=json')}
${link('Arrow', '&RESPONSEFORMAT=arrow')}
${link('Parquet', '&RESPONSEFORMAT=parquet')}
</ul>
<p>And:</p>
<ul class="links">
${link('the five nearest', '&NEAREST=5&RESPONSEFORMAT=csv')}
${link('all columns', '&VERB=3')}
${link('only which columns there are', '&MAXREC=0')}
<li>sky coverage as a MOC: <a href="${address}/moc">FITS</a>, <a href="${address}/moc?RESPONSEFORMAT=json">JSON</a>,
<a href="${address}/moc?RESPONSEFORMAT=ascii">ASCII</a></li>
<li><a href="${address}/capabilities">capabilities</a></li>
<li><a href="${address}/tables">table description</a></li>
<li><a href="${address}/availability">availability</a></li>
</ul>`;
}

function queryExample({ query, description }: Example) {
  return html`<h3>Query, in ADQL</h3>
<pre><code>${query}</code></pre>
<p>${description} <a href="${queryAddress('tap', query)}">Run it</a>, or change it <a href="tap">there</a>.</p>`;
}

/** A UCD whose words may stand on lines of their own. */
function breakable(ucd: string) {
  return ucd.split(/(?<=;)/).map((word) => html`${word}<wbr>`);
}

function columnTable(columns: readonly Column[]) {
  const row = ({ name, datatype, arraysize, unit, ucd, description }: Column) => html`<tr>
<th scope="row"><code>${name}</code></th><td class="what">${description ?? ''}</td><td>${unit ?? ''}</td>
<td><code>${breakable(ucd ?? '')}</code></td><td><code>${datatype}${arraysize === null ? '' : `[${arraysize}]`}</code></td>
</tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Columns">
<table>
<thead><tr>${['Name', 'Description', 'Unit', 'UCD', 'Type'].map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${columns.map(row)}</tbody>
</table>
</div>`;
}
