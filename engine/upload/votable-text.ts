import { fixedLength, isText } from '../catalog/column.ts';
import type { Cell, Element } from './cell.ts';
import { isArrayField, type VotableField } from './votable-fields.ts';

/** Reads the cells of a TABLEDATA (VOTable 1.4 §5.1, §6) column. @throws Error saying what a cell is not. */
export function textReader(field: VotableField): (text: string) => Cell {
  const { column } = field;
  if (isText(column)) return (text) => (text === '' ? null : text);
  const element = elementReader(field);
  if (!isArrayField(field)) {
    return (text) => {
      const trimmed = text.trim();
      return trimmed === '' ? null : element(trimmed);
    };
  }
  const { arraysize } = field;
  const length = fixedLength(arraysize!);
  return (text) => {
    const words = text.trim().split(/\s+/);
    if (words[0] === '') return null;
    if (length !== null && words.length !== length) {
      throw new Error(`an array of ${words.length} elements, where the arraysize is ${arraysize}`);
    }
    return words.map(element);
  };
}

const INTEGER = /^[+-]?\d+$|^0x[\da-f]+$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITY = /^([+-]?)inf(inity)?$/i;

/** Numbers stay texts, which PostgreSQL and JavaScript read alike: the words for those that are not finite differ. */
function elementReader({ datatype, null: none }: VotableField): (word: string) => Element {
  if (datatype === 'boolean') return booleanOf;
  const isInteger = datatype !== 'float' && datatype !== 'double';
  return (word) => {
    if (word === none) return null;
    if (isInteger) {
      if (!INTEGER.test(word)) throw new Error(`"${word}", which is no ${datatype}`);
      return /x/i.test(word) ? BigInt(word) : word;
    }
    if (NUMBER.test(word)) return word;
    if (/^[+-]?nan$/i.test(word)) return 'NaN';
    const infinity = INFINITY.exec(word);
    if (infinity === null) throw new Error(`"${word}", which is no ${datatype}`);
    return infinity[1] === '-' ? '-Infinity' : 'Infinity';
  };
}

function booleanOf(word: string): Element {
  if (/^(t|true|1)$/i.test(word)) return true;
  if (/^(f|false|0)$/i.test(word)) return false;
  if (word === '?') return null;
  throw new Error(`"${word}", which is no boolean`);
}
