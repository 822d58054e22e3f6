import { type Column, isArray, isText } from '../catalog/column.ts';
import { writeAscii } from './digits.ts';
import { type Output, writeText } from './output.ts';
import type { Cells, Info, ResultTable } from './result.ts';
import type { TableEncoder } from './stream.ts';
import { bytesWhere, type CellStyle, type TextCell, textCell } from './text-cells.ts';
import { rowLayout, textRows } from './text-rows.ts';
import { explanation } from './votable-document.ts';
import { escapeXml } from './xml.ts';

const STYLE: CellStyle = {
  true: 'true',
  false: 'false',
  positiveInfinity: 'Infinity',
  negativeInfinity: '-Infinity',
  nan: 'NaN',
  quoting: {
    special: bytesWhere((byte) => byte < 0x20 || byte === 0xef || '&<>"'.includes(String.fromCharCode(byte))),
    quoteEmpty: false,
    quote: escapeXml,
    growth: '&quot;'.length,
    added: 0,
  },
  array: { open: '', between: ' ', close: '', empty: '', none: () => 'null' },
};

const CSS = `body{font:14px/1.4 system-ui,sans-serif;margin:1.5rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .6rem;border-bottom:1px solid #d5d9de;text-align:left;vertical-align:top}
th{background:#eef1f4}tr+tr th{font-weight:normal;color:#57606a}dt{font-weight:bold}dd{white-space:pre-wrap;margin-left:1rem}
.warning{color:#9a3412;font-weight:bold}
@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#15181c}th{background:#22272e}th,td{border-color:#3a414a}
tr+tr th{color:#9aa4af}a{color:#79b8ff}.warning{color:#fdba74}}`;

const LAYOUT = rowLayout('<tr><td>', '</td><td>', '</td></tr>\n', '');

/**
 * A page with the rows as a table: names and units above the columns, descriptions where the mouse is, addresses as links. It has no
 * scripts, and lets none of a value's run. A page whose rows fail midway says so below them.
 */
export function html(result: ResultTable): TableEncoder {
  const { columns } = result;
  return {
    start: (out) => writeText(head(result), out),
    rows: (batch) =>
      textRows(
        batch.columns.map((cells, at) => cellOf(columns[at]!, cells)),
        LAYOUT,
      ),
    end: (out, overflow) =>
      close(out, overflow ? 'Only the first rows are here: there are more (OVERFLOW).' : null),
    fail: (out, error) => close(out, explanation(error)),
  };
}

function head({ name, description, columns, infos }: ResultTable): string {
  const right = columns.flatMap((column, at) => (isNumber(column) ? [`td:nth-child(${at + 1})`] : []));
  const align = right.length === 0 ? '' : `\n${right.join()}{text-align:right}`;
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeXml(name)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><style>${CSS}${align}</style></head><body>
<h1>${escapeXml(name)}</h1>
${description === null ? '' : `<p>${escapeXml(description)}</p>\n`}<details><summary>About this answer</summary><dl>
${infos.map(definition).join('')}</dl></details>
<table><thead>
<tr>${columns.map(nameCell).join('')}</tr>
<tr>${columns.map(({ unit }) => `<th>${escapeXml(unit ?? '')}</th>`).join('')}</tr>
</thead><tbody>
`;
}

function definition({ name, value, text }: Info): string {
  return `<dt>${escapeXml(name)}</dt><dd>${escapeXml(text === undefined ? value : `${value}: ${text}`)}</dd>\n`;
}

function nameCell({ name, description, ucd }: Column): string {
  const title = [description, ucd].filter((text) => text !== null).join('\n');
  return `<th${title === '' ? '' : ` title="${escapeXml(title)}"`}>${escapeXml(name)}</th>`;
}

function close(out: Output, warning: string | null): void {
  const said = warning === null ? '' : `<p class="warning">${escapeXml(warning)}</p>\n`;
  writeText(`</tbody></table>\n${said}</body></html>\n`, out);
}

function isNumber(column: Column): boolean {
  return !isText(column) && !isArray(column) && column.datatype !== 'boolean';
}

function cellOf(column: Column, cells: Cells): TextCell {
  const written = textCell(cells, STYLE);
  return isAddress(column) ? linked(written) : written;
}

/** By the UCD of addresses, or the utype of ObsCore 1.1 §3.3. */
function isAddress(column: Column): boolean {
  if (!isText(column)) return false;
  return /\bmeta\.ref\.url\b/i.test(column.ucd ?? '') || /\baccess\.reference$/i.test(column.utype ?? '');
}

const [BEFORE, WITHIN, AFTER] = ['<a href="', '">', '</a>'];
const SCHEME = /^https?:\/\//i;

/** What is an address is a link to it. */
function linked({ isNull, room, write }: TextCell): TextCell {
  return {
    isNull,
    room: (from, to) => 2 * room(from, to) + (BEFORE.length + WITHIN.length + AFTER.length) * (to - from),
    write(cell, to, at) {
      const start = writeAscii(BEFORE, to, at);
      const end = write(cell, to, start);
      if (!SCHEME.test(String.fromCharCode(...to.subarray(start, Math.min(end, start + 8)))))
        return write(cell, to, at);
      return writeAscii(AFTER, to, write(cell, to, writeAscii(WITHIN, to, end)));
    },
  };
}
