import { readFile } from 'node:fs/promises';
import { matchesGlob } from 'node:path';
import { nearestName } from '../../engine/nearest-name.ts';
import type { Band } from './filters.ts';
import { isCollection } from './identifiers.ts';
import type { Keywords } from './keywords.ts';
import { MAPPED_COLUMNS, type MappedColumn, type MappedValues } from './mapped-columns.ts';
import { mjdOf } from './times.ts';

/** Where a value comes from: a constant, one of some keywords, or a text with keywords in braces. */
type Rule =
  | { readonly constant: string | number | null }
  | { readonly keywords: readonly string[]; readonly times: number }
  | { readonly template: string };

type Rules = Readonly<Partial<Record<MappedColumn, Rule>>>;

/** What corrects or fills what headers lack: a mapping file, and the flags of the command. */
export interface Mapping {
  /** Null where it says none. */
  readonly collection: string | null;
  /** For what the header does not tell. */
  readonly defaults: Rules;
  /** Instead of what the header tells. */
  readonly values: Rules;
  /** The same for the files of a glob pattern; the last that has a column counts. */
  readonly files: readonly { readonly pattern: string; readonly values: Rules }[];
  /** Bands by names of filters. */
  readonly filters: ReadonlyMap<string, Band>;
}

export const NO_MAPPING: Mapping = {
  collection: null,
  defaults: {},
  values: {},
  files: [],
  filters: new Map(),
};

const PARTS = ['collection', 'defaults', 'values', 'files', 'filters'];

/**
 * Reads a mapping file (docs/adding-images.md).
 * @throws Error naming the file, the place in it and what would be right.
 */
export async function readMapping(path: string): Promise<Mapping> {
  try {
    return parseMapping(await readFile(path, 'utf8'));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(`${path}: ${code === 'ENOENT' ? 'there is no such file' : message}`, { cause });
  }
}

export function parseMapping(text: string): Mapping {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`it is not JSON: ${(cause as Error).message}`, { cause });
  }
  const parts = objectAt(json, 'the mapping');
  for (const part of Object.keys(parts)) {
    if (!PARTS.includes(part)) throw new Error(`"${part}" is not one of its parts: ${PARTS.join(', ')}`);
  }
  const { collection = null } = parts;
  if (collection !== null && !isCollection(collection)) {
    throw new Error(
      `collection: ${JSON.stringify(collection)} is no name of a collection: letters, digits, ".", "-" and "_", as in "survey.dr1"`,
    );
  }
  return {
    collection,
    defaults: rulesAt(parts.defaults ?? {}, 'defaults'),
    values: rulesAt(parts.values ?? {}, 'values'),
    files: Object.entries(objectAt(parts.files ?? {}, 'files')).map(([pattern, values]) => ({
      pattern,
      values: rulesAt(values, `files, ${pattern}`),
    })),
    filters: new Map(
      Object.entries(objectAt(parts.filters ?? {}, 'filters')).map(([name, range]) => [
        name,
        bandAt(name, range),
      ]),
    ),
  };
}

/** What flags say goes above the values of the file for all files. */
export function withValues(mapping: Mapping, values: MappedValues): Mapping {
  const rules = Object.fromEntries(
    Object.entries(values).map(([column, value]) => [
      column,
      typeof value === 'string' ? ruleOfText(value) : { constant: value },
    ]),
  );
  return { ...mapping, files: [...mapping.files, { pattern: '**', values: rules }] };
}

/**
 * What a mapping says of a file: `instead` of its header, and where that tells nothing.
 * @param file its name, relative to the folder that is added.
 * @throws Error where a value is none of its column.
 */
export function mappedValues(
  mapping: Mapping,
  file: string,
  keywords: Keywords,
): { readonly instead: MappedValues; readonly otherwise: MappedValues } {
  const applying = mapping.files.filter(({ pattern }) => matches(file, pattern));
  return {
    instead: applied([mapping.values, ...applying.map(({ values }) => values)], file, keywords),
    otherwise: applied([mapping.defaults], file, keywords),
  };
}

/** A pattern without a slash is of names in any folder. */
function matches(file: string, pattern: string): boolean {
  return pattern === '**' || matchesGlob(pattern.includes('/') ? file : nameOf(file), pattern);
}

function applied(rules: readonly Rules[], file: string, keywords: Keywords): MappedValues {
  const values: MappedValues = {};
  for (const [column, rule] of rules.flatMap((set) => Object.entries(set)) as [MappedColumn, Rule][]) {
    const value = ruled(rule, file, keywords);
    if (value !== undefined) values[column] = checked(column, value);
  }
  return values;
}

/** Undefined where the header lacks a keyword of the rule. */
function ruled(rule: Rule, file: string, keywords: Keywords): string | number | null | undefined {
  if ('constant' in rule) return rule.constant;
  if ('keywords' in rule) {
    const found = rule.keywords.find((name) => keywords.text(name) !== null);
    if (found === undefined) return undefined;
    return rule.times === 1 ? keywords.text(found)! : (keywords.number(found) ?? Number.NaN) * rule.times;
  }
  let complete = true;
  const text = rule.template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const value = name === 'FILE' ? stem(file) : keywords.text(name);
    if (value === null) complete = false;
    return value ?? '';
  });
  return complete ? text : undefined;
}

function nameOf(file: string): string {
  return file.split('/').at(-1)!;
}

/** A file's name without what says that it is FITS. */
export function stem(file: string): string {
  return nameOf(file)
    .replace(/\.gz$/i, '')
    .replace(/(\.(fits?|fts))?(\.fz)?$/i, '');
}

/** @throws Error for what is no value of the column. */
function checked(column: MappedColumn, value: string | number | null): string | number | null {
  if (value === null) return null;
  const kind = MAPPED_COLUMNS[column];
  const wrong = (wanted: string) =>
    new Error(`the mapping makes ${column} ${JSON.stringify(value)}: it has to be ${wanted}`);
  if (kind === 'text') return String(value);
  if (kind === 'date') {
    if (mjdOf(String(value)) === null) throw wrong('a date, such as 2027-01-31');
    return String(value);
  }
  const number = kind === 'time' && typeof value === 'string' ? timeOf(value) : Number(value);
  if (number === null || !Number.isFinite(number) || String(value).trim() === '') {
    throw wrong(kind === 'time' ? 'an MJD or a date, such as 2026-11-21T20:00:00' : 'a number');
  }
  if (kind === 'level' && !(Number.isInteger(number) && number >= 0 && number <= 4)) {
    throw wrong('a calibration level, 0 to 4');
  }
  return number;
}

function timeOf(text: string): number | null {
  return mjdOf(text) ?? (text.trim() === '' ? null : Number(text));
}

function rulesAt(json: unknown, place: string): Rules {
  const rules: Partial<Record<MappedColumn, Rule>> = {};
  const columns = Object.keys(MAPPED_COLUMNS);
  for (const [column, value] of Object.entries(objectAt(json, place))) {
    if (!columns.includes(column)) {
      const near = nearestName(column, columns);
      throw new Error(
        `${place}: "${column}" is no column that can be mapped${near === null ? `: ${columns.join(', ')}` : `; ${near}?`}`,
      );
    }
    rules[column as MappedColumn] = ruleAt(value, column as MappedColumn, `${place}, ${column}`);
  }
  return rules;
}

function ruleAt(value: unknown, column: MappedColumn, place: string): Rule {
  if (value === null || typeof value === 'number') return constant(value, column, place);
  if (typeof value === 'string') {
    return value.includes('{') ? { template: value } : constant(value, column, place);
  }
  const { keyword, times = 1, ...others } = objectAt(value, place);
  const names = Array.isArray(keyword) ? keyword : [keyword];
  if (names.length === 0 || !names.every((name) => typeof name === 'string' && name !== '')) {
    throw new Error(
      `${place}: it has to be a text, a number, null or {"keyword": "NAME"}, with a list of names where there are several`,
    );
  }
  if (typeof times !== 'number' || Object.keys(others).length > 0) {
    throw new Error(
      `${place}: beside "keyword" there may be "times", a number that its value is multiplied by`,
    );
  }
  return { keywords: names as string[], times };
}

function constant(value: string | number | null, column: MappedColumn, place: string): Rule {
  try {
    return { constant: checked(column, value) };
  } catch (cause) {
    throw new Error(`${place}: ${(cause as Error).message}`, { cause });
  }
}

function ruleOfText(text: string): Rule {
  return text.includes('{') ? { template: text } : { constant: text };
}

function bandAt(name: string, range: unknown): Band {
  const [min, max] = Array.isArray(range) && range.length === 2 ? range : [];
  if (typeof min !== 'number' || typeof max !== 'number' || !(min > 0 && min <= max && max < 1000)) {
    throw new Error(
      `filters, ${name}: it has to be the shortest and the longest wavelength in metres, such as [3.7e-7, 3.9e-7]`,
    );
  }
  return { name, min, max };
}

function objectAt(json: unknown, place: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new Error(`${place}: it has to be an object, {"…": …}`);
  }
  return json as Record<string, unknown>;
}
