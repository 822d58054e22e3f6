import { DEC_UTYPE, OBSCORE_UTYPE, PUBLISHER_DID_UTYPE, RA_UTYPE } from '../obscore/utypes.ts';
import { remembered } from '../remembered.ts';
import type { Column } from './column.ts';

/** A published table as TAP_SCHEMA.tables describes it (TAP 1.1 §4.2), with its columns in order. */
export interface Table {
  readonly schema: string;
  /** What the schema holds, all of its tables together; absent where nobody has said it. */
  readonly schemaDescription?: string;
  /** Unqualified: `stars`, not `hipparcos.stars`. */
  readonly name: string;
  readonly description: string | null;
  readonly utype: string | null;
  readonly columns: readonly Column[];
  /** Absent where it has none. */
  readonly enumerations?: readonly Enumeration[];
}

/** Names for the elements of a table's array columns: `jplus::rSDSS` is the place of `rSDSS` among the members, from 1. */
export interface Enumeration {
  readonly name: string;
  readonly members: readonly EnumerationMember[];
}

export interface EnumerationMember {
  readonly name: string;
  readonly description: string | null;
}

/**
 * The columns that make a table a catalogue of positions, found by UCD (SCS 1.03 §2.2, UCD1+); in a table of ObsCore's, whose UCDs the
 * standard prescribes, by utype.
 */
export interface MainColumns {
  /** `meta.id;meta.main` */
  readonly id: Column;
  /** `pos.eq.ra;meta.main`, degrees ICRS. */
  readonly ra: Column;
  /** `pos.eq.dec;meta.main`, degrees ICRS. */
  readonly dec: Column;
}

/** `schema.name`, which is also the catalogue's name in addresses and in the bucket. */
export function qualifiedName(table: Table): string {
  return `${table.schema}.${table.name}`;
}

/**
 * The identifier and position columns of a table.
 * @throws Error naming the UCD or utype that no column carries, or that several do.
 */
export const mainColumns = remembered(
  (table: Table): MainColumns => ({
    id: required(table, 'id'),
    ra: required(table, 'ra'),
    dec: required(table, 'dec'),
  }),
);

/**
 * The position columns of a table; null where its rows have no positions: it can be queried and joined, but has no cone search.
 * @throws Error naming the UCD, where it has one of the two coordinates, or one twice.
 */
export const positionColumns = remembered((table: Table): Omit<MainColumns, 'id'> | null => {
  if (marked(table, 'ra').length + marked(table, 'dec').length === 0) return null;
  return { ra: required(table, 'ra'), dec: required(table, 'dec') };
});

/** @throws Error as `positionColumns` does. */
export function hasPositions(table: Table): boolean {
  return positionColumns(table) !== null;
}

/**
 * The identifier of a table; null where none is marked, as a table without positions need not have one.
 * @throws Error where several are.
 */
export const identifierColumn = remembered((table: Table): Column | null =>
  marked(table, 'id').length === 0 ? null : required(table, 'id'),
);

type Role = keyof MainColumns;

const MAIN_UCDS: Readonly<Record<Role, string>> = {
  id: 'meta.id;meta.main',
  ra: 'pos.eq.ra;meta.main',
  dec: 'pos.eq.dec;meta.main',
};
const OBSCORE_UTYPES: Readonly<Record<Role, string>> = {
  id: PUBLISHER_DID_UTYPE,
  ra: RA_UTYPE,
  dec: DEC_UTYPE,
};

/** Whether a table is ObsCore's `ivoa.obscore`. */
export function isObscore({ utype }: Table): boolean {
  return utype === OBSCORE_UTYPE;
}

function marked(table: Table, role: Role): Column[] {
  return table.columns.filter(({ ucd, utype }) =>
    isObscore(table) ? utype === OBSCORE_UTYPES[role] : ucd === MAIN_UCDS[role],
  );
}

function required(table: Table, role: Role): Column {
  const found = marked(table, role);
  if (found.length === 1) return found[0]!;
  const names = found.map(({ name }) => name).join(', ');
  const mark = isObscore(table) ? `utype ${OBSCORE_UTYPES[role]}` : `UCD ${MAIN_UCDS[role]}`;
  throw new Error(
    `${qualifiedName(table)} needs exactly one column with ${mark}, it has ${found.length}${names && ` (${names})`}`,
  );
}
