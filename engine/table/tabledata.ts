import type { ResultTable } from './result.ts';
import type { TableEncoder } from './stream.ts';
import { bytesWhere, type CellStyle, textCell } from './text-cells.ts';
import { rowLayout, textRows } from './text-rows.ts';
import { nullElementText } from './votable-arrays.ts';
import { votableDocument } from './votable-document.ts';
import { escapeXml } from './xml.ts';

/** VOTable 1.4 §6. */
const STYLE: CellStyle = {
  true: 'T',
  false: 'F',
  positiveInfinity: '+Inf',
  negativeInfinity: '-Inf',
  nan: 'NaN',
  quoting: {
    // Control characters and markup; U+FFFE and U+FFFF begin with 0xEF.
    special: bytesWhere((byte) => byte < 0x20 || byte === 0xef || '&<>"'.includes(String.fromCharCode(byte))),
    quoteEmpty: false,
    quote: escapeXml,
    growth: '&quot;'.length,
    added: 0,
  },
  array: { open: '', between: ' ', close: '', empty: '', none: nullElementText },
};

const LAYOUT = rowLayout('<TR><TD>', '</TD><TD>', '</TD></TR>\n', '');

/**
 * VOTable TABLEDATA (VOTable 1.4 §5.1): a null is an empty cell, whatever the type. Texts are written as they
 * are, a `char` that is not ASCII too: all readers take the characters of the document. An array without elements is an empty
 * cell too.
 */
export function tabledata(result: ResultTable): TableEncoder {
  return votableDocument(result, {
    open: '<DATA>\n<TABLEDATA>\n',
    close: '</TABLEDATA>\n</DATA>\n',
    rows: ({ columns }) =>
      textRows(
        columns.map((cells) => textCell(cells, STYLE)),
        LAYOUT,
      ),
  });
}
