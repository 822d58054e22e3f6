import { DataType } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import { isArray, isText } from '../catalog/column.ts';
import type { Bytes } from './digits.ts';
import { type HeldRows, heldRows } from './held-rows.ts';
import type { ResultTable } from './result.ts';
import { bytesWhere, type CellStyle, textCell } from './text-cells.ts';

const WHY = 'text gives each column the width of its longest value';

const STYLE: CellStyle = {
  true: 'true',
  false: 'false',
  positiveInfinity: 'inf',
  negativeInfinity: '-inf',
  nan: 'nan',
  quoting: {
    special: bytesWhere((byte) => byte < 0x20),
    quoteEmpty: false,
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a row is one line
    quote: (text) => text.replaceAll(/[\x00-\x1f]/g, ' '),
    growth: 1,
    added: 0,
  },
  array: {
    open: '',
    between: ' ',
    close: '',
    empty: '',
    none: (type) => (DataType.isFloat(type) ? 'nan' : 'null'),
  },
};

/** Of a chunk, about. */
const CHUNK = 65_536;

/**
 * A table to be looked at: a line of names between bars and a line for each row, columns as wide as their longest value, numbers to the
 * right. `astropy.io.ascii` reads it as `fixed_width`. A null is blank. What the answer says of itself, and the columns' units, are
 * comments before it.
 * @throws TooLongForFormatError
 */
export async function* text(result: ResultTable): AsyncGenerator<Bytes, void, undefined> {
  const { columns } = result;
  const held = await heldRows(result, WHY);
  const cells = cellsOf(columns, held);
  const widths = columns.map(({ name }, at) =>
    cells.reduce(
      (most, group) => group[at]!.reduce((wide, cell) => Math.max(wide, width(cell)), most),
      width(line(name)),
    ),
  );
  const encoder = new TextEncoder();
  const names = columns.map(({ name }, at) => padded(line(name), widths[at]!, false));
  let out = `${comments(result, held)}| ${names.join(' | ')} |\n`;
  const toTheRight = columns.map(
    (column) => !isText(column) && !isArray(column) && column.datatype !== 'boolean',
  );
  for (const [nth, { length }] of held.groups.entries()) {
    const group = cells[nth]!;
    for (let row = 0; row < length; row++) {
      const written = group.map((column, at) => padded(column[row]!, widths[at]!, toTheRight[at]!));
      out += `| ${written.join(' | ')} |\n`;
      if (out.length < CHUNK) continue;
      yield encoder.encode(out);
      out = '';
    }
  }
  yield encoder.encode(out);
}

function comments({ name, description, columns, infos }: ResultTable, { rows, overflow }: HeldRows): string {
  const said = [
    `${name}${description === null ? '' : `: ${description}`}`,
    `QUERY_STATUS: ${overflow ? `OVERFLOW, only the first ${rows} rows` : 'OK'}`,
    ...infos.map(({ name, value }) => `${name}: ${value}`),
    ...columns.flatMap(({ name, unit }) => (unit === null ? [] : [`unit of ${name}: ${unit}`])),
  ];
  return said.map((text) => `# ${line(text)}\n`).join('');
}

/** The texts of all cells, group by group, column by column. */
function cellsOf(columns: readonly Column[], { groups }: HeldRows): string[][][] {
  const decoder = new TextDecoder();
  return groups.map(({ length, columns: data }) =>
    columns.map((_, at) => {
      const cell = textCell({ data: data[at]!, rows: null }, STYLE);
      let bytes: Bytes = new Uint8Array(64);
      return Array.from({ length }, (_, row) => {
        if (cell.isNull?.(row)) return '';
        const room = cell.room(row, row + 1);
        if (room > bytes.length) bytes = new Uint8Array(2 * room);
        return decoder.decode(bytes.subarray(0, cell.write(row, bytes, 0)));
      });
    }),
  );
}

const line = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** In characters, as readers count them. */
function width(text: string): number {
  return /[\ud800-\udfff]/.test(text) ? [...text].length : text.length;
}

function padded(text: string, wide: number, toTheRight: boolean): string {
  const blank = ' '.repeat(wide - width(text));
  return toTheRight ? blank + text : text + blank;
}
