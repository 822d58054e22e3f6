import type { Release } from '../../../engine/catalog/release.ts';
import { nearestName } from '../../../engine/nearest-name.ts';
import {
  COMPARISONS,
  type Condition,
  type Filters,
  type Operand,
} from '../../../engine/selection/conditions.ts';
import { quoted, RequestError } from '../../request-error.ts';
import { parseOperand } from './operands.ts';

/** Conditions in all of a request's filters. */
const MOST_CONDITIONS = 200;

type Columns = Release['columns'];

/** A condition as it is written, and what follows it. */
interface Written {
  readonly column: string;
  readonly operator: Condition['operator'];
  readonly values: readonly string[];
  readonly rest: string;
}

/**
 * The filters of an address, as LSDB writes them: conditions such as `vmag<5` or `kind in ['G', 'OC']`, joined by commas, all of which a row
 * meets, and such lists joined by semicolons, one of which it meets. A text stands there without quotes; one that has commas or
 * semicolons needs them.
 * @throws RequestError (400) that says what is wrong, where, and what would be right.
 */
export function parseFilters(text: string, columns: Columns): Filters {
  const filters: Condition[][] = [[]];
  let rest = text;
  for (let count = 0; ; count++) {
    if (count === MOST_CONDITIONS) throw fault(`has more than ${MOST_CONDITIONS} conditions`);
    const written = readCondition(rest, columns);
    filters.at(-1)!.push(conditionOf(written, columns));
    if (written.rest === '') return filters;
    if (written.rest[0] === ';') filters.push([]);
    rest = written.rest.slice(1);
  }
}

const fault = (text: string): RequestError => new RequestError(400, `filters ${text}.`);

function conditionOf({ column, operator, values }: Written, columns: Columns): Condition {
  const operands: Operand[] = values.map((value) => {
    const parsed = parseOperand(columns.get(column)!.type, value);
    if ('fault' in parsed) throw fault(`has a condition on ${column}, which ${parsed.fault}`);
    return parsed.value;
  });
  if (operator === 'in' || operator === 'not in') return { column, operator, values: operands };
  return { column, operator, value: operands[0]! };
}

const EXAMPLE = 'a condition is a column, one of = == != < <= > >= in, not in, and a value, such as vmag<5';

/** Column names may be anything, so what begins with one is looked at first; the longest that an operator follows is meant. */
function readCondition(text: string, columns: Columns): Written {
  const start = text.trimStart();
  const names = [...columns.keys()]
    .filter((name) => start.startsWith(name))
    .sort((a, b) => b.length - a.length);
  for (const column of names) {
    const written = readOperator(start.slice(column.length), column);
    if (written !== null) return written;
  }
  const name = /^([^=!<>,;]*)(?:==|=|!=|<|>)/.exec(start)?.[1]?.trimEnd();
  if (name === undefined || names.includes(name)) throw fault(`has ${quoted(start)}: ${EXAMPLE}`);
  const nearest = nearestName(name, [...columns.keys()]);
  const advice = nearest === null ? `the columns are ${someOf(columns)}` : `did you mean ${nearest}?`;
  throw fault(`has a condition on ${quoted(name)}, which is no column: ${advice}`);
}

const MOST_NAMES = 30;

export function someOf(columns: Columns): string {
  const names = [...columns.keys()];
  return names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ' …' : '');
}

/** What looks like another operator, such as `=>` or `<>`, is none. */
const OPERATOR = /^(\s*)((?:==|!=)(?!=)|(?:<=|>=|<|>)(?![=<>])|=(?![=<>!~]))/;

function readOperator(text: string, column: string): Written | null {
  const [all, spaced, operator] = OPERATOR.exec(text) ?? [];
  if (operator !== undefined) {
    const known = operator === '=' ? '==' : COMPARISONS.find((one) => one === operator)!;
    const { value, rest } = readValue(text.slice(all!.length), column, spaced !== '');
    return { column, operator: known, values: [value], rest };
  }
  const [list, not] = /^\s*(not\s*)?in\s*(?=[[({])/i.exec(text) ?? [];
  if (list === undefined) return null;
  const { values, rest } = readList(text.slice(list.length), column);
  return { column, operator: not === undefined ? 'in' : 'not in', values, rest };
}

/**
 * Of what programs write, without blanks around operators, each character belongs to the value.
 * @param spaced whether a person wrote it, who likes blanks.
 */
function readValue(text: string, column: string, spaced: boolean): { value: string; rest: string } {
  const quotedText = readQuoted(spaced ? text.trimStart() : text);
  if (quotedText !== null && /^\s*(?:[,;]|$)/.test(quotedText.rest)) {
    return { value: quotedText.value, rest: quotedText.rest.trimStart() };
  }
  const end = text.search(/[,;]/);
  const raw = end < 0 ? text : text.slice(0, end);
  const value = spaced ? raw.trim() : raw;
  if (value === '') throw fault(`has a condition on ${column} without a value: ${EXAMPLE}`);
  return { value, rest: end < 0 ? '' : text.slice(end) };
}

/** A text as Python shows it: in single or double quotes, with backslashes before what would end it. */
function readQuoted(text: string): { value: string; rest: string } | null {
  const match = /^(['"])((?:\\.|(?!\1)[^\\])*)\1/s.exec(text);
  if (match === null) return null;
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
  const value = match[2]!.replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character);
  return { value, rest: text.slice(match[0].length) };
}

const badList = (column: string): RequestError =>
  fault(
    `has a list on ${column} that is none: it should look like ${column} in [1, 2] or ${column} in ['a', 'b']`,
  );

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

/** A list, tuple or set as Python shows it; numpy's numbers call themselves `np.int64(5)`. */
function readList(text: string, column: string): { values: string[]; rest: string } {
  const closing = CLOSING[text[0]!]!;
  const values: string[] = [];
  let rest = text.slice(1).trimStart();
  while (!rest.startsWith(closing)) {
    const inQuotes = readQuoted(rest.replace(/^np\.str_\((?=['"])/, ''));
    const numpy = /^(?:np\.\w+|Timestamp)\(([^()]*)\)/.exec(rest);
    const bare = /^[^,;[\](){}'"]+/.exec(rest);
    if (inQuotes !== null) {
      values.push(inQuotes.value);
      rest = rest.startsWith('np.str_(') ? inQuotes.rest.replace(/^\)/, '') : inQuotes.rest;
    } else if (numpy !== null) {
      values.push(numpy[1]!.trim().replace(/^(['"])(.*)\1$/s, '$2'));
      rest = rest.slice(numpy[0].length);
    } else if (bare !== null) {
      values.push(bare[0].trim());
      rest = rest.slice(bare[0].length);
    } else throw badList(column);
    const next = /^\s*(,\s*)?/.exec(rest)!;
    const separated = next[1] !== undefined;
    rest = rest.slice(next[0].length);
    if (!separated && !rest.startsWith(closing)) {
      throw badList(column);
    }
  }
  rest = rest.slice(1).trimStart();
  if (rest !== '' && !/^[,;]/.test(rest)) {
    throw fault(`has ${quoted(rest)} after a list: conditions are separated by commas or semicolons`);
  }
  return { values, rest };
}
