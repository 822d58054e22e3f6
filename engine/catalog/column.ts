/** VOTable primitive datatypes that Almagest stores (VOTable 1.4 §2.1). */
export type Datatype =
  | 'boolean'
  | 'unsignedByte'
  | 'short'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'char'
  | 'unicodeChar';

/**
 * A column as TAP_SCHEMA.columns describes it (TAP 1.1 §4.3). The order of columns in a table is their
 * `column_index`.
 */
export interface Column {
  readonly name: string;
  readonly datatype: Datatype;
  /** VOTable arraysize (`*`, `8`, `3x2`), null for a scalar. */
  readonly arraysize: string | null;
  /** DALI 1.1 §3.3 extended type, such as `timestamp`. */
  readonly xtype: string | null;
  /** VOUnits 1.0 string. */
  readonly unit: string | null;
  /** UCD1+ string. */
  readonly ucd: string | null;
  readonly utype: string | null;
  readonly description: string | null;
  /** Shown by default (TAP_SCHEMA `principal`); SCS VERB=2 returns these. */
  readonly principal: boolean;
  /** Has a database index (TAP_SCHEMA `indexed`). */
  readonly indexed: boolean;
  /** Defined by a standard (TAP_SCHEMA `std`). */
  readonly std: boolean;
  /** Of an array of integers: whether none of its elements is null. Where that is not known, VOTable gives up an integer to tell of one. */
  readonly wholeArrays?: true;
}

/** Whether a column holds arrays, points and other geometries among them; a text is no array of characters. */
export function isArray(column: Pick<Column, 'datatype' | 'arraysize'>): boolean {
  return column.arraysize !== null && column.arraysize !== '1' && !isText(column);
}

/**
 * The elements of an array of an arraysize, null if they vary: `8`, `3x2`, but not `8*` or `*` (VOTable 1.4 §2.2). Of a text
 * they are its characters.
 */
export function fixedLength(arraysize: string): number | null {
  if (arraysize.includes('*')) return null;
  return arraysize.split('x').reduce((product, size) => product * Number(size), 1);
}

/** Whether a column holds text, dates and times among it. */
export function isText({ datatype }: Pick<Column, 'datatype'>): boolean {
  return datatype === 'char' || datatype === 'unicodeChar';
}
