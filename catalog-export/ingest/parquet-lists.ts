import { type Schema, tableFromIPC } from 'apache-arrow';
import type { FileMetaData } from 'hyparquet';
import { type ColumnMetadata, saidArraysizes } from './metadata-file.ts';
import type { VoparquetMetadata } from './voparquet.ts';

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
