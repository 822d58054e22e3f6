import { type Column, type Datatype, isArray, isText } from '../catalog/column.ts';
import { nullInteger } from '../table/votable-arrays.ts';
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

const WIDER: Partial<Record<Datatype, Datatype>> = {
  unsignedByte: 'short',
  short: 'int',
  int: 'long',
  long: 'long',
};

/**
 * The type of an array's elements as they are kept. The null of an array is one of its integers (VOTable 1.4 §4.7): where that is another
 * one than we write, ours may be a value, for which a wider type has room.
 */
function elementType(datatype: Datatype, none: string | null): Datatype {
  const isOurs = none === null || none.trim() === nullInteger({ datatype, arraysize: '*' });
  return isOurs ? datatype : (WIDER[datatype] ?? datatype);
}

/** Null where there is no column for such values: bits, complex numbers, arrays of texts. */
export function votableField(name: string, field: FieldElement): VotableField | null {
  const { unit = null, ucd = null, utype = null, xtype = null, description } = field;
  const datatype = DATATYPES.find((known) => known === field.datatype);
  const arraysize = field.arraysize === undefined || field.arraysize === '1' ? null : field.arraysize.trim();
  if (datatype === undefined) return null;
  if (arraysize !== null && !/^([1-9]\d*x)*(\d+\*?|\*)$/.test(arraysize)) return null;
  const column = (type: ColumnType): Column => ({
    ...plainColumn(name, type),
    ...{ unit, ucd, utype, description },
  });
  if (!isText({ datatype })) {
    const type = {
      datatype: arraysize === null ? datatype : elementType(datatype, field.null),
      arraysize,
      xtype,
    };
    const isWhole = field.null === null && arraysize !== null && datatype in WIDER;
    return {
      column: { ...column(type), ...(isWhole && { wholeArrays: true }) },
      datatype,
      arraysize,
      null: field.null,
    };
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
