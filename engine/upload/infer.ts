import type { Column } from '../catalog/column.ts';
import { elementWords } from './element-words.ts';
import { type ColumnType, plainColumn, scalar, TEXT, TIMESTAMP } from './plain-column.ts';
import { microsecondsOf } from './timestamp.ts';

/** Kinds of values that a text can stand for, narrow before wide. */
type Kind = 'boolean' | 'int' | 'long' | 'double' | 'timestamp' | 'text';

const BOOLEAN = /^(true|false)$/i;
// A number with leading zeros (HEALPix names, "007") is a name: as a number it would not come back as it was.
const INTEGER = /^[+-]?(0|[1-9]\d*)$/;
const DOUBLE = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const LEADING_ZERO = /^[+-]?0\d+$/;
const NOT_FINITE = /^([+-]?(inf|infinity)|nan)$/i;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?Z?)?$/;

const INT_MAX = 2n ** 31n - 1n;
const LONG_MAX = 2n ** 63n - 1n;

/** The narrowest kind that holds a text. */
export function kindOf(text: string): Kind {
  if (INTEGER.test(text)) return integerKind(text);
  if (LEADING_ZERO.test(text)) return 'text';
  if (DOUBLE.test(text) || NOT_FINITE.test(text)) return 'double';
  if (BOOLEAN.test(text)) return 'boolean';
  if (DATE_TIME.test(text) && isTime(text)) return 'timestamp';
  return 'text';
}

function isTime(text: string): boolean {
  try {
    microsecondsOf(text);
    return true;
  } catch {
    return false;
  }
}

function integerKind(text: string): Kind {
  if (text.length <= 9) return 'int';
  const value = BigInt(text);
  const magnitude = value < 0n ? -value : value;
  if (magnitude <= INT_MAX) return 'int';
  // Beyond 64 bits a number would lose digits: it is kept as it stands.
  return magnitude <= LONG_MAX ? 'long' : 'text';
}

const NUMBERS: readonly Kind[] = ['int', 'long', 'double'];

/** The narrowest kind that holds what both hold. */
export function widen(a: Kind | null, b: Kind): Kind {
  if (a === null || a === b) return b;
  const [i, j] = [NUMBERS.indexOf(a), NUMBERS.indexOf(b)];
  return i >= 0 && j >= 0 ? NUMBERS[Math.max(i, j)]! : 'text';
}

/** Finds the types of a text file's columns from all of its values. */
export interface TypeInference {
  /** Takes a row; an empty text says nothing. */
  see(row: readonly string[]): void;
  columns(): Column[];
}

/** @param arraysizes of the columns that hold arrays, null for the others. */
export function inferTypes(
  names: readonly string[],
  arraysizes: readonly (string | null)[] = names.map(() => null),
): TypeInference {
  const kinds: (Kind | null)[] = names.map(() => null);
  return {
    see(row) {
      for (let i = 0; i < kinds.length; i++) {
        const text = row[i]!;
        if (text === '' || kinds[i] === 'text') continue;
        if (arraysizes[i] === null) kinds[i] = widen(kinds[i]!, kindOf(text));
        else
          for (const word of elementWords(text)) if (word !== null) kinds[i] = widen(kinds[i]!, kindOf(word));
      }
    },
    columns: () =>
      names.map((name, i) => {
        const arraysize = arraysizes[i]!;
        return plainColumn(
          name,
          arraysize === null ? columnType(kinds[i]!) : arrayType(name, kinds[i]!, arraysize),
        );
      }),
  };
}

/** Arrays without elements say nothing: doubles hold any number. */
function arrayType(name: string, kind: Kind | null, arraysize: string): ColumnType {
  if (kind === 'text' || kind === 'timestamp') {
    throw new Error(`column ${name} has an arraysize, but not all of its values are arrays of numbers`);
  }
  return { ...scalar(kind ?? 'double'), arraysize };
}

function columnType(kind: Kind | null): ColumnType {
  if (kind === null || kind === 'text') return TEXT;
  return kind === 'timestamp' ? TIMESTAMP : scalar(kind);
}
