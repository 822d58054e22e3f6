/** A value of a file's table, or an element of one of its arrays: numbers also as text, with NaN and Infinity; null where it is not known. */
export type Element = number | bigint | boolean | string | null;

/** What stands in a row of a file's table for a column: of an array its elements, those of further dimensions flat. */
export type Cell = Element | readonly Element[];
