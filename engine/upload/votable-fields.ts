import { type Column, type Datatype, isArray, isText } from '../catalog/column.ts';
import { type ColumnType, plainColumn, TIMESTAMP } from './plain-column.ts';

/** A FIELD of a VOTable (VOTable 1.4 §4.1) as its attributes and its children describe it. */
export interface FieldElement {
  readonly name?: string;
  readonly ID?: string;
  readonly datatype?: string;
  readonly arraysize?: string;
  readonly xtype?: string;
  readonly unit?: string;
  readonly ucd?: string;
  readonly utype?: string;
  description: string | null;
  /** Of VALUES. */
  null: string | null;
}

/** A FIELD whose values can be read. */
export interface VotableField {
  /** As it will be in the table, but for its name. */
  readonly column: Column;
  /** As the file has it. */
  readonly datatype: Datatype;
  /** As the file has it; null for one value or character. */
  readonly arraysize: string | null;
  /** The text of the number that stands for a null (VOTable 1.4 §4.7). */
  readonly null: string | null;
}

const DATATYPES: readonly Datatype[] = [
  ...(['boolean', 'unsignedByte', 'short', 'int', 'long', 'float', 'double'] as const),
  ...(['char', 'unicodeChar'] as const),
];

/** Null where there is no column for such values: bits, complex numbers, arrays of texts. */
export function votableField(name: string, field: FieldElement): VotableField | null {
  const { unit = null, ucd = null, utype = null, xtype = null, description } = field;
  const datatype = DATATYPES.find((known) => known === field.datatype);
  const arraysize = field.arraysize === undefined || field.arraysize === '1' ? null : field.arraysize.trim();
  if (datatype === undefined) return null;
  if (arraysize !== null && !/^([1-9]\d*x)*(\d+\*?|\*)$/.test(arraysize)) return null;
  // An array of bytes has no way to tell of a null among them.
  const nullBytes = datatype === 'unsignedByte' && arraysize !== null && field.null !== null;
  const column = (type: ColumnType): Column => ({
    ...plainColumn(name, type),
    ...{ unit, ucd, utype, description },
  });
  if (!isText({ datatype })) {
    const type = { datatype: nullBytes ? 'short' : datatype, arraysize, xtype } as const;
    return { column: column(type), datatype, arraysize, null: field.null };
  }
  if (arraysize?.includes('x')) return null;
  if (/^(adql:)?timestamp$/i.test(xtype ?? ''))
    return { column: column(TIMESTAMP), datatype, arraysize, null: null };
  // One character is a text too.
  return {
    column: column({ datatype, arraysize: arraysize ?? '1*', xtype }),
    datatype,
    arraysize,
    null: null,
  };
}

/** Whether a value is one, or an array of several. */
export function isArrayField({ column }: VotableField): boolean {
  return isArray(column);
}
