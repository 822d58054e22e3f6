import type { Data } from 'apache-arrow';

/** Numbers from one to another, both included; infinite where it is open. */
export type Interval = readonly [low: number, high: number];

/**
 * What is wanted of the values of a row, whatever the standard calls it. No row whose value is null meets it.
 */
export type RowCondition =
  /** A number is in one of the intervals. */
  | { readonly kind: 'within'; readonly column: string; readonly intervals: readonly Interval[] }
  /** The interval from a number to another has part in one of the intervals. */
  | {
      readonly kind: 'meets';
      readonly low: string;
      readonly high: string;
      readonly intervals: readonly Interval[];
    }
  /** A text is one of the texts. */
  | {
      readonly kind: 'text';
      readonly column: string;
      readonly texts: readonly string[];
      /** ASCII letters count alike in both cases. */
      readonly ignoreCase: boolean;
    }
  /** A text has one of the texts in it. */
  | { readonly kind: 'part'; readonly column: string; readonly texts: readonly string[] };

/** The columns that a condition looks at. */
export function columnsOf(condition: RowCondition): readonly string[] {
  return condition.kind === 'meets' ? [condition.low, condition.high] : [condition.column];
}

/**
 * Which rows meet a condition, ascending.
 * @param columns data of `columnsOf` the condition.
 */
export function rowsThatMeet(condition: RowCondition, columns: readonly Data[]): Uint32Array {
  const { length } = columns[0]!;
  const test = testOf(condition, columns);
  const nullable = columns.filter(({ nullCount }) => nullCount > 0);
  const found = new Uint32Array(length);
  let count = 0;
  for (let row = 0; row < length; row++) {
    if (nullable.every((data) => data.getValid(row)) && test(row)) found[count++] = row;
  }
  return found.subarray(0, count);
}

function testOf(condition: RowCondition, columns: readonly Data[]): (row: number) => boolean {
  switch (condition.kind) {
    case 'within': {
      const values = columns[0]!.values;
      const { intervals } = condition;
      return (row) => {
        const value = Number(values[row]);
        return intervals.some(([low, high]) => value >= low && value <= high);
      };
    }
    case 'meets': {
      const [lows, highs] = columns.map(({ values }) => values);
      const { intervals } = condition;
      return (row) => intervals.some(([low, high]) => highs[row] >= low && lows[row] <= high);
    }
    case 'text': {
      const encoder = new TextEncoder();
      const { ignoreCase } = condition;
      const texts = condition.texts.map((text) => encoder.encode(ignoreCase ? asciiLowerCase(text) : text));
      return textTest(columns[0]!, texts, ignoreCase);
    }
    case 'part': {
      const decoder = new TextDecoder();
      const { valueOffsets, values } = columns[0]!;
      const { texts } = condition;
      return (row) => {
        const text = decoder.decode(values.subarray(valueOffsets[row], valueOffsets[row + 1]));
        return texts.some((part) => text.includes(part));
      };
    }
  }
}

function asciiLowerCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Byte by byte: most texts differ in length or at once. */
function textTest(
  { valueOffsets, values }: Data,
  texts: readonly Uint8Array[],
  ignoreCase: boolean,
): (row: number) => boolean {
  return (row) => {
    const from: number = valueOffsets[row];
    const length: number = valueOffsets[row + 1] - from;
    return texts.some((text) => {
      if (text.length !== length) return false;
      // Identifiers differ at their ends.
      for (let at = length - 1; at >= 0; at--) {
        let byte: number = values[from + at];
        if (ignoreCase && byte >= 65 && byte <= 90) byte += 32;
        if (byte !== text[at]) return false;
      }
      return true;
    });
  };
}
