import { Bool, BufferType, type Data, Int64, Utf8 } from 'apache-arrow';
import type { Column } from '../../engine/catalog/column.ts';
import type { Batch } from '../../engine/table/result.ts';
import { bitmap, column, textBuffers } from '../../engine/table/rows.ts';
import { STANDARD_TEXT } from '../answer/standard-text.ts';
import type { Link } from './links.ts';

/** DataLink 1.1 §3.2, table 1. */
export const LINK_COLUMNS: readonly (Column & { readonly name: keyof Link })[] = [
  {
    ...STANDARD_TEXT,
    name: 'ID',
    ucd: 'meta.id;meta.main',
    description: 'Identifier of the dataset, as it was given',
  },
  { ...STANDARD_TEXT, name: 'access_url', ucd: 'meta.ref.url', description: 'Address of the data' },
  {
    ...STANDARD_TEXT,
    name: 'service_def',
    ucd: 'meta.ref',
    description: 'The RESOURCE of this document that describes the service',
  },
  { ...STANDARD_TEXT, name: 'error_message', ucd: 'meta.code.error', description: 'Why there is no link' },
  {
    ...STANDARD_TEXT,
    datatype: 'unicodeChar',
    name: 'description',
    ucd: 'meta.note',
    description: 'What the link is',
  },
  {
    ...STANDARD_TEXT,
    name: 'semantics',
    ucd: 'meta.code',
    description: 'What the link is to the dataset: a term of http://www.ivoa.net/rdf/datalink/core',
  },
  {
    ...STANDARD_TEXT,
    name: 'content_type',
    ucd: 'meta.code.mime',
    description: 'Media type of what the link gives',
  },
  {
    ...STANDARD_TEXT,
    datatype: 'long',
    arraysize: null,
    unit: 'byte',
    name: 'content_length',
    ucd: 'phys.size;meta.file',
    description: 'Size of what the link gives',
  },
  {
    ...STANDARD_TEXT,
    name: 'content_qualifier',
    ucd: null,
    description: 'Kind of what the link gives: a term of http://www.ivoa.net/rdf/product-type',
  },
  {
    ...STANDARD_TEXT,
    name: 'local_semantics',
    ucd: 'meta.id.assoc',
    description: 'The same for links of all datasets that are alike here',
  },
  {
    ...STANDARD_TEXT,
    name: 'link_auth',
    ucd: 'meta.code',
    description: 'Whether the link wants authentication: false, optional or true',
  },
  {
    ...STANDARD_TEXT,
    datatype: 'boolean',
    arraysize: null,
    name: 'link_authorized',
    ucd: 'meta.code',
    description: 'Whether whoever asks may use the link',
  },
];

export function linkBatch(links: readonly Link[]): Batch {
  const columns = LINK_COLUMNS.map(({ name, datatype }) => {
    const values = links.map((link) => link[name]);
    return { data: cellsOf(datatype, values), rows: null };
  });
  return { length: links.length, columns };
}

function cellsOf(datatype: Column['datatype'], values: readonly Link[keyof Link][]): Data {
  const { length } = values;
  const valid = bitmap(length, (at) => values[at] !== null);
  if (datatype === 'boolean') {
    const { bits } = bitmap(length, (at) => values[at] === true);
    return column(new Bool(), length, valid, { [BufferType.DATA]: bits } as Data['buffers']);
  }
  if (datatype === 'long') {
    const numbers = BigInt64Array.from(values, (value) => BigInt((value as number | null) ?? 0));
    return column(new Int64(), length, valid, { [BufferType.DATA]: numbers } as unknown as Data['buffers']);
  }
  const texts = values.map((value) => encoder.encode((value as string | null) ?? ''));
  const offsets = new Int32Array(length + 1);
  for (const [at, { byteLength }] of texts.entries()) offsets[at + 1] = offsets[at]! + byteLength;
  const bytes = new Uint8Array(offsets[length]!);
  for (const [at, text] of texts.entries()) bytes.set(text, offsets[at]);
  return column(new Utf8(), length, valid, textBuffers({ bytes, offsets }));
}

const encoder = new TextEncoder();
