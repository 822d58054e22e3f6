import { type Column, isArray } from '../../engine/catalog/column.ts';

/** Names of the columns that make a table a catalogue: `ra` and `dec` are both null where its rows have no positions. */
export interface MainNames {
  /** Null only where there are no positions. */
  readonly id: string | null;
  readonly ra: string | null;
  readonly dec: string | null;
}

/** What the user said with flags. */
export interface MainFlags {
  readonly id?: string | undefined;
  readonly ra?: string | undefined;
  readonly dec?: string | undefined;
  /** False: the rows have no positions, whatever their columns are called. */
  readonly position?: boolean;
  /** False: no column identifies a row. */
  readonly identifier?: boolean;
}

interface Role {
  readonly meaning: string;
  /** In UCD1+ and UCD1; the first is the one written. */
  readonly ucds: readonly string[];
  /** Usual names in lower case; a later group counts only where an earlier one has no column. */
  readonly names: readonly (readonly string[])[];
  readonly fits: (column: Column) => boolean;
  readonly wants: string;
}

const isNumber = ({ datatype, arraysize }: Column): boolean =>
  arraysize === null && !['boolean', 'char', 'unicodeChar'].includes(datatype);
const isIdentifier = (column: Column): boolean =>
  column.xtype === null && !isArray(column) && !['boolean', 'float', 'double'].includes(column.datatype);

const ROLES: Record<keyof MainNames, Role> = {
  id: {
    meaning: 'identifier',
    ucds: ['meta.id;meta.main', 'ID_MAIN'],
    names: [
      ['source_id', 'sourceid', 'object_id', 'objectid', 'objid', 'obj_id', 'id', 'main_id', 'star_id'],
      ['designation', 'name'],
    ],
    fits: isIdentifier,
    wants: 'an integer or text that is different in every row',
  },
  ra: {
    meaning: 'right ascension',
    ucds: ['pos.eq.ra;meta.main', 'POS_EQ_RA_MAIN'],
    names: [
      [
        'ra',
        'raj2000',
        'ra_j2000',
        'ra_icrs',
        'raicrs',
        'ra_deg',
        'radeg',
        'ra2000',
        'right_ascension',
        'alpha',
        'alpha_j2000',
      ],
      ['_ra', '_raj2000', '_ra_icrs', 'alphawin_j2000', 'ra_mean', 'ramean'],
    ],
    fits: isNumber,
    wants: 'degrees, ICRS, 0 to 360',
  },
  dec: {
    meaning: 'declination',
    ucds: ['pos.eq.dec;meta.main', 'POS_EQ_DEC_MAIN'],
    names: [
      [
        'dec',
        'decj2000',
        'dec_j2000',
        'dec_icrs',
        'dej2000',
        'de_icrs',
        'deicrs',
        'dec_deg',
        'decdeg',
        'dedeg',
        'dec2000',
        'declination',
        'delta',
        'delta_j2000',
      ],
      ['_de', '_dec', '_dej2000', '_de_icrs', 'deltawin_j2000', 'dec_mean', 'decmean'],
    ],
    fits: isNumber,
    wants: 'degrees, ICRS, -90 to 90',
  },
};

/**
 * Finds identifier and position: by flag, else the primary key (for the identifier), else by UCD, else by usual
 * name. Where no column looks like either coordinate the rows have no positions, and need no identifier.
 * @throws Error that lists the candidates where none or several fit, and names the flag that decides.
 */
export function findMainColumns(
  columns: readonly Column[],
  flags: MainFlags,
  primaryKey: string | null = null,
): MainNames {
  const find = (role: keyof MainNames) => findColumn(columns, role, flags[role]);
  const findId = () => findColumn(columns, 'id', flags.id, primaryKey);
  if (mayHavePositions(columns, flags)) {
    if (flags.identifier === false) {
      throw new Error(
        '--no-id is for tables without positions: a cone search tells its rows by an identifier',
      );
    }
    return { id: findId(), ra: find('ra'), dec: find('dec') };
  }
  if (flags.identifier === false) return { id: null, ra: null, dec: null };
  const named =
    flags.id !== undefined ||
    columns.some((column) => column.name === primaryKey && ROLES.id.fits(column)) ||
    columns.some((column) => isLike(ROLES.id, column));
  return { id: named ? findId() : null, ra: null, dec: null };
}

function mayHavePositions(columns: readonly Column[], { ra, dec, position }: MainFlags): boolean {
  const named = ra !== undefined || dec !== undefined;
  if (position === false) {
    if (named)
      throw new Error('--no-position says that there is no position, --ra and --dec which it is: give one');
    return false;
  }
  return named || columns.some((column) => isLike(ROLES.ra, column) || isLike(ROLES.dec, column));
}

/** Whether UCD or name say that a column may have a role, be it of a type that fits or not. */
function isLike({ ucds, names }: Role, { name, ucd }: Column): boolean {
  return ucds.includes(ucd ?? '') || names.some((group) => group.includes(name.toLowerCase()));
}

function findColumn(
  columns: readonly Column[],
  roleName: keyof MainNames,
  flag: string | undefined,
  primaryKey: string | null = null,
): string {
  const role = ROLES[roleName];
  if (flag !== undefined) return flagged(columns, role, roleName, flag);
  const fitting = columns.filter(role.fits);
  const groups = [
    fitting.filter(({ name }) => name === primaryKey),
    fitting.filter(({ ucd }) => ucd !== null && role.ucds.includes(ucd)),
    ...role.names.map((names) => fitting.filter(({ name }) => names.includes(name.toLowerCase()))),
  ];
  const found = groups.find((group) => group.length > 0) ?? [];
  if (found.length === 1) return found[0]!.name;
  const misfit = columns.find(
    ({ name, ucd }) => role.ucds.includes(ucd ?? '') || role.names[0]!.includes(name.toLowerCase()),
  );
  if (found.length === 0 && misfit) throw new Error(misfitMessage(misfit, role, columns));
  const candidates = found.length > 1 ? found : fitting;
  throw new Error(
    `${found.length > 1 ? 'several columns could be' : 'no column is known as'} the ${role.meaning} (${role.wants}). ` +
      `Say which with --${roleName} COLUMN${roleName === 'id' ? '' : ', or --no-position'}: ${listed(candidates)}`,
  );
}

function flagged(columns: readonly Column[], role: Role, roleName: string, flag: string): string {
  const column =
    columns.find(({ name }) => name === flag) ??
    columns.find(({ name }) => name.toLowerCase() === flag.toLowerCase());
  if (!column) throw new Error(`--${roleName}: there is no column "${flag}": ${listed(columns)}`);
  if (!role.fits(column)) {
    throw new Error(`--${roleName}: ${misfitMessage(column, role, columns)}`);
  }
  return column.name;
}

function misfitMessage(column: Column, role: Role, columns: readonly Column[]): string {
  const found = isArray(column) ? `an array of ${column.datatype}` : (column.xtype ?? column.datatype);
  return (
    `column ${column.name} is ${found}, the ${role.meaning} must be ${role.wants}: ` +
    listed(columns.filter(role.fits))
  );
}

function listed(columns: readonly Column[]): string {
  return columns.length === 0 ? 'no column would do' : columns.map(({ name }) => name).join(', ');
}

const DEGREES = ['deg', 'degree', 'degrees'];

/**
 * Gives the main columns the UCDs that mark them, and takes those from all others. Positions are in degrees,
 * in double precision whatever they are stored as.
 * @throws Error when a position column has another unit.
 */
export function markMainColumns(columns: readonly Column[], main: MainNames): Column[] {
  return columns.map((column) => {
    const roleName = (Object.keys(ROLES) as (keyof MainNames)[]).find((role) => main[role] === column.name);
    if (roleName === undefined) return withoutMain(column);
    const ucd = ROLES[roleName].ucds[0]!;
    if (roleName === 'id') return { ...column, ucd };
    if (column.unit !== null && !DEGREES.includes(column.unit)) {
      throw new Error(
        `column ${column.name} is in "${column.unit}": positions must be in degrees. Publish a view that converts it.`,
      );
    }
    return { ...column, ucd, unit: 'deg', datatype: 'double' };
  });
}

function withoutMain(column: Column): Column {
  const claims = Object.values(ROLES).some(({ ucds }) => column.ucd !== null && ucds.includes(column.ucd));
  return claims ? { ...column, ucd: column.ucd!.replace(/;meta\.main$/, '') } : column;
}
