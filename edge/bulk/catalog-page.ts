import { html } from 'hono/html';
import type { Release } from '../../engine/catalog/release.ts';
import type { ReleaseSummary } from '../../engine/catalog/release-list.ts';
import type { ExportReport } from '../../engine/catalog/reports.ts';
import { bulkUrl, catalogUrl, releaseUrl } from './addresses.ts';
import { type Html, pageOf, sizeText, tableOf, timeText } from './layout.ts';
import { LIST_FORMATS } from './lists.ts';
import type { Recipe } from './recipes.ts';

/** What there is to download of a catalogue. */
export interface CatalogDownloads {
  readonly latest: Release;
  /** The latest first. */
  readonly releases: readonly ReleaseSummary[];
  /** Newest first. */
  readonly reports: readonly ExportReport[];
}

/** Exports that the page shows; the JSON has all that are kept. */
const SHOWN_REPORTS = 20;

export function catalogPage(
  title: string,
  root: string,
  { latest, releases, reports }: CatalogDownloads,
  recipes: readonly Recipe[],
): Html {
  const { catalog, release, table } = latest.manifest;
  const url = releaseUrl(root, catalog, release);
  return pageOf({
    title: `${title}: ${catalog}, bulk downloads`,
    above: [
      { name: title, url: `${root}/` },
      { name: 'Bulk downloads', url: bulkUrl(root) },
    ],
    heading: catalog,
    lead: table.description ?? '',
    body: html`<section class="card">
<h2>Releases</h2>
<p>A release never changes. <code>${releaseUrl(root, catalog, 'latest')}</code> is always the latest one, now ${release}.</p>
${releaseTable(root, catalog, releases)}
<p>For programs: <a href="${catalogUrl(root, catalog)}.json">the same as JSON</a>.</p>
</section>
<section class="card" id="recipes">
<h2>How to get it</h2>
${recipes.map((recipe) => html`<h3>${recipe.title}</h3>\n<pre><code class="${recipe.language}">${recipe.code}</code></pre>`)}
<h3>Lists of the files</h3>
<ul>
<li><a href="${url}/">the folder</a>, and <a href="${url}/files.json">files.json</a>: every file with its size, rows and SHA-256</li>
${LIST_FORMATS.map(({ name, purpose }) => html`<li><a href="${url}/${name}">${name}</a>: ${purpose}</li>`)}
</ul>
<p>With <code>?CIRCLE=lon lat radius</code>, <code>?POLYGON=lon lat lon lat …</code> (degrees) or <code>?MOC=3/17 …</code> after its name, each list has only the
files that are needed for that region.</p>
</section>
<section class="card">
<h2>Exports</h2>
${reports.length === 0 ? html`<p>No report of an export is kept.</p>` : reportTable(reports.slice(0, SHOWN_REPORTS))}
</section>`,
  });
}

function releaseTable(root: string, catalog: string, releases: readonly ReleaseSummary[]): Html {
  const rows = releases.map(({ release, created, rows, partitions, bytes }) => [
    html`<a href="${releaseUrl(root, catalog, release)}/">${release}</a>`,
    timeText(created),
    rows.toLocaleString('en'),
    partitions.toLocaleString('en'),
    sizeText(bytes),
  ]);
  return tableOf('Releases', ['Release', 'Written', 'Rows', 'Parquet files', 'Size'], rows);
}

const OUTCOMES: Readonly<Record<ExportReport['outcome'], string>> = {
  released: 'released',
  unchanged: 'no change, no release',
  failed: 'failed',
};

function reportTable(reports: readonly ExportReport[]): Html {
  const rows = reports.map(({ started, release, outcome, message, rows, partitions, seconds }) => [
    timeText(started),
    `${OUTCOMES[outcome]}${message === undefined ? '' : `: ${message}`}`,
    release ?? '',
    outcome === 'failed' ? '' : rows.toLocaleString('en'),
    outcome === 'released' ? `${partitions.written} written, ${partitions.copied} unchanged` : '',
    `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds).toLocaleString('en')} s`,
  ]);
  return tableOf('Exports', ['Started', 'Outcome', 'Release', 'Rows', 'Parquet files', 'Took'], rows);
}

/** What there is to download of a catalogue, for programs. */
export function catalogJson(root: string, { latest, releases, reports }: CatalogDownloads) {
  const { catalog, table, release } = latest.manifest;
  return {
    catalog,
    description: table.description,
    latest: release,
    releases: releases.map((summary) => {
      const url = releaseUrl(root, catalog, summary.release);
      return { ...summary, url, files: `${url}/files.json`, sha256sums: `${url}/SHA256SUMS` };
    }),
    reports,
  };
}
