import { type DescribedTable, votableEvents } from '../../engine/upload/votable-events.ts';
import type { FieldElement } from '../../engine/upload/votable-fields.ts';
import type { ColumnMetadata } from './metadata-file.ts';
import { decodedText } from './text-file.ts';

/**
 * What the FIELDs of a VOTable's first table say of columns, by name; the table need not have data. Types are the database's own: of
 * them count the arraysizes of arrays and the xtypes, but for that of times, which the database knows.
 * @throws Error where the document is no VOTable, or has no FIELDs.
 */
export async function votableMetadata(path: string): Promise<[name: string, ColumnMetadata][]> {
  const { fields } = await firstTable(path);
  return fields.map((field) => [field.name ?? field.ID ?? '', metadataOf(field)]);
}

async function firstTable(path: string): Promise<DescribedTable> {
  for await (const { described } of votableEvents(decodedText(path)))
    if (described !== null) return described;
  throw new Error('the document has no TABLE with FIELDs');
}

function metadataOf(field: FieldElement): ColumnMetadata {
  const { unit, ucd, utype, xtype, datatype, arraysize, description } = field;
  const isArray = arraysize !== undefined && arraysize !== '1' && !/char$/i.test(datatype ?? '');
  const isTime = /^(adql:)?timestamp$/i.test(xtype ?? '');
  return {
    ...(unit && { unit }),
    ...(ucd && { ucd }),
    ...(utype && { utype }),
    ...(xtype && !isTime && { xtype }),
    ...(isArray && { arraysize }),
    ...(description && { description }),
  };
}
