import { type Schema, tableFromIPC } from 'apache-arrow';
import type { FileMetaData, SchemaElement } from 'hyparquet';
import { type ColumnMetadata, saidArraysizes } from './metadata-file.ts';
import type { VoparquetMetadata } from './voparquet.ts';

/** What a column of lists holds, and how deep. */
export interface ListElement {
  readonly element: SchemaElement;
  /** 2 for lists of lists. */
  readonly depth: number;
}

/** The elements of a column of lists (Parquet, LogicalTypes.md, "Lists", with its backward compatibility); null for any other column. */
export function listElement(schema: readonly SchemaElement[], field: SchemaElement): ListElement | null {
  if (field.repetition_type === 'REPEATED' && !field.num_children) return { element: field, depth: 1 };
  const isList = field.logical_type?.type === 'LIST' || field.converted_type === 'LIST';
  const repeated = schema[schema.indexOf(field) + 1];
  if (!isList || field.num_children !== 1 || repeated?.repetition_type !== 'REPEATED') return null;
  if (!repeated.num_children) return { element: repeated, depth: 1 };
  if (repeated.num_children !== 1) return null;
  const element = schema[schema.indexOf(repeated) + 1]!;
  const deeper = listElement(schema, element);
  return deeper ? { ...deeper, depth: deeper.depth + 1 } : { element, depth: 1 };
}

const ARRAYSIZE = /^(\d+x)*(\d+\*?|\*)$/;

/**
 * Tells the arraysize of a column of arrays: as the user says it, else as the fields of the Arrow schema in the file do (which lets
 * arrays of more dimensions lie flat), else as the VOTable in its footer does.
 */
export function arraysizesOf(
  { key_value_metadata }: FileMetaData,
  described: VoparquetMetadata | null,
  said: ReadonlyMap<string, ColumnMetadata>,
): (name: string) => string | undefined {
  const bySaid = saidArraysizes(said);
  const text = key_value_metadata?.find(({ key }) => key === 'ARROW:schema')?.value;
  const fields = text === undefined ? [] : (arrowSchema(text)?.fields ?? []);
  const byArrow = new Map(fields.map(({ name, metadata }) => [name, metadata.get('arraysize')]));
  return (name) => {
    const found = bySaid(name) ?? byArrow.get(name) ?? described?.shapes.get(name)?.arraysize ?? undefined;
    return found !== undefined && ARRAYSIZE.test(found) && found !== '1' ? found : undefined;
  };
}

/** Null where the text is none. */
function arrowSchema(text: string): Schema | null {
  try {
    return tableFromIPC(Buffer.from(text, 'base64')).schema;
  } catch {
    return null;
  }
}
