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
}

/** Whether a column holds text, dates and times among it. */
export function isText({ datatype }: Column): boolean {
  return datatype === 'char' || datatype === 'unicodeChar';
}
