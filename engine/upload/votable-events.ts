import sax, { type Tag } from 'sax';
import { base64Bytes } from './base64.ts';
import type { FieldElement } from './votable-fields.ts';

/** Elements within elements at most: VOTables have some ten. */
const MOST_DEPTH = 100;
const MOST_ATTRIBUTES = 100;
/** Of a table: far more than any has, and no more than there is room for. */
const MOST_FIELDS = 20_000;

/** What a VOTable says of a table. */
export interface DescribedTable {
  readonly fields: readonly FieldElement[];
  readonly description: string | null;
}

/** And what it says of one that has data, before the rows. */
export interface VotableTable extends DescribedTable {
  /** As the attribute nrows has it, which need not be there. */
  readonly rows: number | null;
  readonly serialization: 'TABLEDATA' | 'BINARY' | 'BINARY2';
}

/** What was read of a document, piece by piece. */
export interface VotableEvents {
  /** The first table that has columns, with data or without. */
  readonly described: DescribedTable | null;
  /** The first that has data, from the piece on in which these begin. */
  readonly table: VotableTable | null;
  /** Of TABLEDATA: the texts of the cells. */
  readonly rows: readonly string[][];
  /** Of BINARY and BINARY2. */
  readonly bytes: Uint8Array;
}

/**
 * Reads a VOTable, its first table with data. Entities of a document's own are refused, and never expanded.
 * @param texts the document, in pieces.
 * @throws Error saying where it is no VOTable, or the message of a document whose QUERY_STATUS is ERROR.
 */
export async function* votableEvents(
  texts: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<VotableEvents> {
  const document = votableParser();
  for await (const text of texts) yield document.read(text);
  document.end();
}

/** The parser's state: where in the document it is, and what it has of the table. */
function votableParser() {
  const parser = sax.parser(true, { position: true });
  const path: string[] = [];
  const fields: FieldElement[] = [];
  let tableAttributes: Record<string, string> = {};
  let description: string | null = null;
  let described: DescribedTable | null = null;
  let table: VotableTable | null = null;
  /** The table's data have ended: others are of no interest. */
  let done = false;
  let rows: string[][] = [];
  let cells: string[] = [];
  let text = '';
  let base64 = '';
  let errorInfo: string | null = null;
  let root = false;
  let attributes = 0;

  const parent = () => path.at(-2);
  const inTable = () => !done && path.includes('TABLE');

  const OPEN: Record<string, (attributes: Record<string, string>) => void> = {
    TABLE(attributes) {
      if (done || table !== null) return;
      fields.length = 0;
      description = null;
      tableAttributes = attributes;
    },
    FIELD(attributes) {
      if (!inTable() || parent() !== 'TABLE') return;
      fields.push({ ...attributes, description: null, null: null });
      if (fields.length > MOST_FIELDS) throw new Error(`its table has more than ${MOST_FIELDS} FIELDs`);
    },
    VALUES(attributes) {
      if (inTable() && parent() === 'FIELD' && attributes.null !== undefined)
        fields.at(-1)!.null = attributes.null;
    },
    INFO(attributes) {
      errorInfo = attributes.name === 'QUERY_STATUS' && attributes.value === 'ERROR' ? '' : null;
    },
    TABLEDATA: () => begin('TABLEDATA'),
    BINARY: () => begin('BINARY'),
    BINARY2: () => begin('BINARY2'),
    FITS: () => refuseData('FITS'),
    PARQUET: () => refuseData('Parquet'),
    STREAM(attributes) {
      if (!inTable()) return;
      if (attributes.href !== undefined) {
        throw new Error(
          `the data of the table are in another file, ${attributes.href}: load a VOTable that has them in itself`,
        );
      }
      if (attributes.encoding !== 'base64') throw new Error('its STREAM is not in base64');
    },
    TR: () => {
      cells = [];
    },
  };

  const CLOSE: Record<string, () => void> = {
    DESCRIPTION() {
      const words = text.replaceAll(/\s+/g, ' ').trim() || null;
      if (!inTable()) return;
      if (parent() === 'FIELD') fields.at(-1)!.description = words;
      else if (parent() === 'TABLE') description = words;
    },
    INFO() {
      if (errorInfo !== null) throw new Error(`the document is an error: ${text.trim() || 'without a word'}`);
    },
    TD() {
      if (!inTable()) return;
      cells.push(text);
      if (cells.length > fields.length) {
        throw new Error(`a row has more cells than the ${fields.length} columns, line ${parser.line + 1}`);
      }
    },
    TR() {
      if (!inTable()) return;
      if (cells.length !== fields.length) {
        throw new Error(
          `a row has ${cells.length} cells for ${fields.length} columns, line ${parser.line + 1}`,
        );
      }
      rows.push(cells);
    },
    DATA() {
      if (table !== null) done = true;
    },
    TABLE() {
      if (fields.length > 0) described ??= { fields: [...fields], description };
    },
  };

  function begin(serialization: VotableTable['serialization']): void {
    if (!inTable() || table !== null) return;
    if (fields.length === 0) throw new Error('its table has no FIELD');
    const nrows = Number.parseInt(tableAttributes.nrows ?? '', 10);
    described ??= { fields: [...fields], description };
    table = { fields: [...fields], description, rows: Number.isNaN(nrows) ? null : nrows, serialization };
  }

  function refuseData(format: string): void {
    if (inTable())
      throw new Error(`the data of its table are in ${format}: TABLEDATA, BINARY and BINARY2 are read`);
  }

  parser.onerror = (error) => {
    throw new Error(`this is not XML: ${error.message.split('\n')[0]}, line ${parser.line + 1}`);
  };
  parser.onattribute = () => {
    if (++attributes > MOST_ATTRIBUTES)
      throw new Error(`an element has more than ${MOST_ATTRIBUTES} attributes, line ${parser.line + 1}`);
  };
  parser.onopentag = (tag) => {
    attributes = 0;
    const name = localName(tag.name);
    if (!root && name !== 'VOTABLE') throw new Error(`this is no VOTable: its first element is ${tag.name}`);
    root = true;
    path.push(name);
    if (path.length > MOST_DEPTH)
      throw new Error(`its elements are nested deeper than ${MOST_DEPTH}, line ${parser.line + 1}`);
    text = '';
    OPEN[name]?.((tag as Tag).attributes);
  };
  parser.onclosetag = () => {
    CLOSE[path.at(-1)!]?.();
    path.pop();
    text = '';
  };
  parser.ontext = (some) => {
    if (path.at(-1) !== 'STREAM') text += some;
    else if (inTable()) base64 += some.replaceAll(/\s+/g, '');
  };
  parser.oncdata = parser.ontext;

  return {
    read(some: string): VotableEvents {
      parser.write(some).flush();
      const whole = base64.length - (base64.length % 4);
      const bytes = base64Bytes(base64.slice(0, whole));
      base64 = base64.slice(whole);
      const found = rows;
      rows = [];
      return { described, table, rows: found, bytes };
    },
    end(): void {
      parser.close();
      if (!root) throw new Error('the file is empty');
    },
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
