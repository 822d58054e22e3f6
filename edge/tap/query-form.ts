import { html } from 'hono/html';

/**
 * A form that runs a query.
 * @param url of TAP, without a trailing slash.
 */
export function queryForm(url: string, query: string) {
  return html`<form action="${url}/sync" method="get">
<input type="hidden" name="LANG" value="ADQL">
<label class="wide">Query, in ADQL <textarea name="QUERY" rows="${Math.max(6, query.split('\n').length + 1)}" spellcheck="false" required>${query}</textarea></label>
<label>Format <select name="RESPONSEFORMAT">
<option value="csv">CSV</option><option value="tsv">TSV</option><option value="json">JSON</option><option value="votable/td">VOTable</option>
<option value="votable/b2">VOTable, binary</option><option value="arrow">Arrow</option><option value="parquet">Parquet</option>
</select></label>
<label>Rows at most <input name="MAXREC" inputmode="numeric" value="1000"></label>
<label>Show <select name="PLAN"><option value="">the rows</option><option value="text">how it would be answered</option></select></label>
<button>Run</button>
</form>`;
}

/** Where a query is answered as CSV, which browsers show or save. */
export function queryAddress(url: string, query: string): string {
  return `${url}/sync?${new URLSearchParams({ LANG: 'ADQL', RESPONSEFORMAT: 'csv', QUERY: query })}`;
}
