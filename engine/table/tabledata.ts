import { DataType } from 'apache-arrow';
import { type CellStyle, type CellText, cellText, nulls, ofCells } from './cells.ts';
import type { Cells, ResultTable } from './result.ts';
import type { TableEncoder } from './stream.ts';
import { votableDocument } from './votable-document.ts';
import { escapeXml } from './xml.ts';

/** VOTable 1.4 §6. */
const STYLE: CellStyle = {
  true: 'T',
  false: 'F',
  positiveInfinity: '+Inf',
  negativeInfinity: '-Inf',
  nan: 'NaN',
};

/**
 * VOTable TABLEDATA (VOTable 1.4 §5.1): a null is an empty cell, whatever the type. Texts are written as they
 * are, a `char` that is not ASCII too: all readers take the characters of the document.
 */
export function tabledata(result: ResultTable): TableEncoder {
  return votableDocument(result, {
    open: '<DATA>\n<TABLEDATA>\n',
    close: '</TABLEDATA>\n</DATA>\n',
    rows(batch) {
      const cells = batch.columns.map((cells) => ofCells(cells, cell(cells)));
      return (from, to, out) => {
        let text = '';
        for (let row = from; row < to; row++) {
          text += '<TR>';
          for (const cell of cells) text += cell(row);
          text += '</TR>\n';
        }
        out.text(text);
      };
    },
  });
}

function cell(cells: Cells): CellText {
  const { data } = cells;
  const text = cellText(cells, STYLE);
  const isNull = nulls(data);
  const plain: CellText = DataType.isUtf8(data.type)
    ? (row) => `<TD>${escapeXml(text(row))}</TD>`
    : (row) => `<TD>${text(row)}</TD>`;
  return isNull === null ? plain : (row) => (isNull(row) ? '<TD/>' : plain(row));
}
