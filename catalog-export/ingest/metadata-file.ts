import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { type Column, isArray } from '../../engine/catalog/column.ts';
import { votableMetadata } from './metadata-votable.ts';

/** What a metadata file can say of a column. */
export type ColumnMetadata = Partial<
  Pick<Column, 'unit' | 'ucd' | 'utype' | 'xtype' | 'arraysize' | 'description' | 'principal'>
>;

const TEXT_FIELDS = ['unit', 'ucd', 'utype', 'xtype', 'arraysize', 'description'] as const;
const FIELDS = ['name', ...TEXT_FIELDS, 'principal'];
const YES = ['1', 'true', 'yes'];
const NO = ['0', 'false', 'no'];

/**
 * Reads what a file says of columns: a VOTable (`.vot`, `.votable`, `.xml`, with `.gz` too), or a CSV file with the columns `name` and
 * any of `unit`, `ucd`, `utype`, `xtype`, `arraysize`, `description`, `principal`, in which an empty cell says nothing.
 * @returns by column name.
 * @throws Error naming the file and the line or column that is wrong.
 */
export async function readMetadataFile(path: string): Promise<Map<string, ColumnMetadata>> {
  try {
    const described = isVotable(path) ? await votableMetadata(path) : await csvMetadata(path);
    const result = new Map<string, ColumnMetadata>();
    for (const [name, metadata] of described) {
      if (result.has(name)) throw new Error(`column ${name} is described twice`);
      check(name, metadata);
      result.set(name, metadata);
    }
    return result;
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
}

async function csvMetadata(path: string): Promise<[name: string, ColumnMetadata][]> {
  const text = await readFile(path, 'utf8');
  const rows: Record<string, string>[] = parse(text, {
    ...{ bom: true, columns: true, skip_empty_lines: true, trim: true },
  });
  return rows.map((row) => {
    const unknown = Object.keys(row).find((field) => !FIELDS.includes(field));
    if (unknown !== undefined)
      throw new Error(`"${unknown}" is not one of its columns: ${FIELDS.join(', ')}`);
    if (!row.name)
      throw new Error('a line has no name; the first line must be a header with the column "name"');
    return [row.name, columnMetadata(row)];
  });
}

/** Files by whose names they are VOTables. */
export function isVotable(path: string): boolean {
  return /\.(vot|votable|xml)(\.gz)?$/i.test(path);
}

function check(name: string, { ucd, arraysize }: ColumnMetadata): void {
  if (ucd && !/^[\w.-]+(;[\w.-]+)*$/.test(ucd)) {
    throw new Error(`column ${name}: "${ucd}" is not a UCD, such as phot.mag;em.opt.V`);
  }
  if (arraysize && !/^([1-9]\d*x)*([1-9]\d*\*?|\*)$/.test(arraysize)) {
    throw new Error(`column ${name}: "${arraysize}" is not an arraysize, such as 8, 8x12 or 2x*`);
  }
}

function columnMetadata(row: Record<string, string>): ColumnMetadata {
  const given = TEXT_FIELDS.filter((field) => row[field]);
  const metadata: ColumnMetadata = Object.fromEntries(given.map((field) => [field, row[field]]));
  if (!row.principal) return metadata;
  const principal = row.principal.toLowerCase();
  if (!YES.includes(principal) && !NO.includes(principal)) {
    throw new Error(`column ${row.name}: principal is "${row.principal}": write 1 or 0`);
  }
  return { ...metadata, principal: YES.includes(principal) };
}

/**
 * Columns with what a metadata file says of them; names are compared without case.
 * @throws Error for a name that no column has, and for an xtype or an arraysize that would change how values are read.
 */
export function withMetadata(
  columns: readonly Column[],
  metadata: ReadonlyMap<string, ColumnMetadata>,
): Column[] {
  const result = [...columns];
  for (const [name, described] of metadata) {
    const exact = columns.findIndex((column) => column.name === name);
    const index =
      exact >= 0 ? exact : columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
    const column = columns[index];
    if (!column) {
      const names = columns.map((known) => known.name).join(', ');
      throw new Error(`the metadata describe a column "${name}" that is not there: the columns are ${names}`);
    }
    result[index] = describedColumn(column, described);
  }
  return result;
}

const SHAPES: Readonly<Record<string, string>> = { point: '2', circle: '3', polygon: '*', interval: '2' };

/** The arraysize of a geometry or an interval (DALI 1.1 §3.3), which is an array of double precision; null for any other xtype. */
export function shapeOf(xtype: string | null | undefined): string | null {
  return xtype && Object.hasOwn(SHAPES, xtype) ? SHAPES[xtype]! : null;
}

/** Tells the arraysize that the metadata, or their xtype, give a column; null where they say nothing of it. */
export function saidArraysizes(said: ReadonlyMap<string, ColumnMetadata>): (name: string) => string | null {
  const byName = new Map(
    Array.from(said, ([name, { arraysize, xtype }]) => [name.toLowerCase(), arraysize ?? shapeOf(xtype)]),
  );
  return (name) => byName.get(name.toLowerCase()) ?? null;
}

function describedColumn(column: Column, described: ColumnMetadata): Column {
  const { xtype, arraysize } = described;
  const shape = shapeOf(xtype);
  const isTimestamp = column.xtype === 'timestamp';
  const isNumbers = isArray(column) && column.datatype !== 'boolean';
  if (xtype && ((xtype === 'timestamp') !== isTimestamp || (shape && !isNumbers))) {
    throw new Error(
      `column ${column.name} cannot have the xtype ${xtype}: its values are ${valuesOf(column)}`,
    );
  }
  if (arraysize && (!isArray(column) || arraysize === '1' || (shape !== null && arraysize !== shape))) {
    const right =
      shape !== null ? `of the xtype ${xtype} it is ${shape}` : `its values are ${valuesOf(column)}`;
    throw new Error(`column ${column.name} cannot have the arraysize ${arraysize}: ${right}`);
  }
  return { ...column, ...described, ...(shape && { arraysize: shape, datatype: 'double' }) };
}

function valuesOf(column: Column): string {
  return isArray(column) ? `arrays of ${column.datatype}` : (column.xtype ?? column.datatype);
}
