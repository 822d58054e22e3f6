import type { Identifiers } from '../../../engine/cone/positions.ts';
import type { Cones } from '../../../engine/cone/visits.ts';
import { type Parsed, parseDegrees } from '../../request/values.ts';
import { quoted, RequestError } from '../../request-error.ts';
import { JSON_EXAMPLES, type PositionTable } from './position-table.ts';

/** What is searched. */
export interface Positions {
  readonly cones: Cones;
  readonly identifiers: Identifiers;
}

/** Messages are long enough with so many faults. */
const FAULTS_NAMED = 5;

const MAX_IDENTIFIER = 256;

/** Whole numbers that a 64-bit integer holds, written as it writes them. */
const WHOLE_NUMBER = /^(0|-?[1-9]\d{0,17})$/;

/**
 * Reads the columns RA, DEC, SR and ID of a list; others are ignored, and names have no case.
 * @param radius degrees, of positions that have none of their own; null where every one needs it.
 * @throws RequestError 400 naming where each fault is, and what would be right.
 */
export function parsePositions(table: PositionTable, radius: number | null, maxRadius: number): Positions {
  const column = columnsOf(table);
  if (radius === null && column.SR < 0) {
    throw new RequestError(
      400,
      'SR is missing: give the radius in decimal degrees, as the parameter SR for all positions or as a column SR.',
    );
  }
  if (table.rows === 0) throw new RequestError(400, 'The list has no position.');
  const faults = faultList();
  const read = (
    row: number,
    name: 'RA' | 'DEC' | 'SR',
    parse: (text: string) => Parsed<number>,
    absent: number | null,
  ) => {
    const value = table.cell(row, column[name]);
    const isAbsent =
      value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
    if (isAbsent && absent !== null) return absent;
    const parsed = isAbsent ? { fault: 'is empty' } : parse(textOf(value));
    if ('value' in parsed) return parsed.value;
    const swapped = name === 'DEC' && looksSwapped(table.cell(row, column.RA), value);
    faults.add(
      row,
      `column ${table.names[column[name]]} ${parsed.fault}${swapped ? ' (are RA and DEC in each other’s place?)' : ''}`,
    );
    return 0;
  };
  const cones = {
    lon: new Float64Array(table.rows),
    lat: new Float64Array(table.rows),
    radius: new Float64Array(table.rows),
  };
  for (let row = 0; row < table.rows; row++) {
    const lon = read(row, 'RA', parseRa, null);
    cones.lon[row] = lon === 360 ? 0 : lon;
    cones.lat[row] = read(row, 'DEC', parseDec, null);
    cones.radius[row] =
      column.SR < 0 ? radius! : read(row, 'SR', (text) => parseRadius(text, maxRadius), radius);
  }
  const identifiers = column.ID < 0 ? null : parseIdentifiers(table, column.ID, faults);
  faults.throwAny(table);
  return { cones, identifiers };
}

const parseRa = (text: string) => parseDegrees(text, 0, 360, 'right ascension runs from 0 to 360 degrees');
const parseDec = (text: string) => parseDegrees(text, -90, 90, 'declination runs from -90 to 90 degrees');

/** A radius that finds something: above 0. */
export function parseRadius(text: string, maxRadius: number): Parsed<number> {
  return parseDegrees(
    text,
    Number.MIN_VALUE,
    maxRadius,
    `radii here are above 0 and up to ${maxRadius} degrees`,
  );
}

const COLUMNS = ['RA', 'DEC', 'SR', 'ID'] as const;

/** Positions of the columns among those of the list; -1 for one that is not there. */
function columnsOf({ names }: PositionTable): Record<(typeof COLUMNS)[number], number> {
  const upper = names.map((name) => name.toUpperCase());
  const given = `The columns are ${quoted(names.join(','))}`;
  for (const name of COLUMNS) {
    if (upper.indexOf(name) !== upper.lastIndexOf(name)) {
      throw new RequestError(400, `${given}: ${name} is there twice.`);
    }
  }
  const missing = ['RA', 'DEC'].filter((name) => !upper.includes(name));
  if (missing.length > 0) {
    throw new RequestError(
      400,
      `${given}: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing. The first line of CSV names the columns, separated by commas: RA and DEC, and SR and ID where wanted. ${JSON_EXAMPLES}`,
    );
  }
  const [RA, DEC, SR, ID] = COLUMNS.map((name) => upper.indexOf(name)) as [number, number, number, number];
  return { RA, DEC, SR, ID };
}

function parseIdentifiers(table: PositionTable, column: number, faults: FaultList): Identifiers {
  const known = new Map<string, number>();
  const texts: string[] = [];
  let whole = true;
  for (let row = 0; row < table.rows; row++) {
    const text = textOf(table.cell(row, column) ?? '');
    const first = known.get(text);
    if (text.trim() === '') faults.add(row, 'has no ID: give each position one, or leave the column out');
    else if (text.length > MAX_IDENTIFIER) {
      faults.add(row, `has an ID of ${text.length} characters; ${MAX_IDENTIFIER} are the most`);
    } else if (first !== undefined) {
      faults.add(
        row,
        `has the ID ${quoted(text)} of ${table.nameOf(first).toLowerCase()}: they must differ, or leave the column out and positions are numbered`,
      );
    } else known.set(text, row);
    whole &&= WHOLE_NUMBER.test(text);
    texts.push(text);
  }
  return whole ? BigInt64Array.from(texts, BigInt) : texts;
}

function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
}

function looksSwapped(ra: unknown, dec: unknown): boolean {
  return Math.abs(Number(ra)) <= 90 && Math.abs(Number(dec)) <= 360;
}

interface FaultList {
  add(row: number, fault: string): void;
  /** @throws RequestError if there are any. */
  throwAny(table: PositionTable): void;
}

function faultList(): FaultList {
  const faults: { row: number; fault: string }[] = [];
  let count = 0;
  return {
    add(row, fault) {
      if (count++ < FAULTS_NAMED) faults.push({ row, fault });
    },
    throwAny({ nameOf }) {
      if (count === 0) return;
      const named = faults.map(
        ({ row, fault }) => `${nameOf(row)}${fault.startsWith('has') ? '' : ','} ${fault}`,
      );
      const more = count > FAULTS_NAMED ? [`${count - FAULTS_NAMED} more faults are not named here`] : [];
      throw new RequestError(400, `${[...named, ...more].join('. ')}.`);
    },
  };
}
