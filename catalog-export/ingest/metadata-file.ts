import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { type Column, isArray } from '../../engine/catalog/column.ts';

/** What a metadata file can say of a column. */
export type ColumnMetadata = Partial<
  Pick<Column, 'unit' | 'ucd' | 'utype' | 'xtype' | 'arraysize' | 'description' | 'principal'>
>;

const TEXT_FIELDS = ['unit', 'ucd', 'utype', 'xtype', 'arraysize', 'description'] as const;
const FIELDS = ['name', ...TEXT_FIELDS, 'principal'];
const YES = ['1', 'true', 'yes'];
const NO = ['0', 'false', 'no'];

/**
 * Reads a CSV file that describes columns: `name` and any of `unit`, `ucd`, `utype`, `xtype`, `arraysize`, `description`,
 * `principal`. An empty cell says nothing.
 * @returns by column name.
 * @throws Error naming the file and the line or column that is wrong.
 */
export async function readMetadataFile(path: string): Promise<Map<string, ColumnMetadata>> {
  const fail = (message: string): never => {
    throw new Error(`${path}: ${message}`);
  };
  const text = await readFile(path, 'utf8').catch((error) => fail(error.message));
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { bom: true, columns: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    return fail((error as Error).message);
  }
  const result = new Map<string, ColumnMetadata>();
  for (const row of rows) {
    const unknown = Object.keys(row).filter((field) => !FIELDS.includes(field));
    if (unknown.length > 0) fail(`"${unknown[0]}" is not one of its columns: ${FIELDS.join(', ')}`);
    if (!row.name) fail('a line has no name; the first line must be a header with the column "name"');
    if (result.has(row.name!)) fail(`column ${row.name} is described twice`);
    result.set(row.name!, columnMetadata(row, fail));
  }
  return result;
}

function columnMetadata(row: Record<string, string>, fail: (message: string) => never): ColumnMetadata {
  const given = TEXT_FIELDS.filter((field) => row[field]);
  const metadata: ColumnMetadata = Object.fromEntries(given.map((field) => [field, row[field]]));
  if (metadata.ucd && !/^[\w.-]+(;[\w.-]+)*$/.test(metadata.ucd)) {
    fail(`column ${row.name}: "${metadata.ucd}" is not a UCD, such as phot.mag;em.opt.V`);
  }
  if (metadata.arraysize && !/^([1-9]\d*x)*([1-9]\d*\*?|\*)$/.test(metadata.arraysize)) {
    fail(`column ${row.name}: "${metadata.arraysize}" is not an arraysize, such as 8, 8x12 or 2x*`);
  }
  if (!row.principal) return metadata;
  const principal = row.principal.toLowerCase();
  if (!YES.includes(principal) && !NO.includes(principal)) {
    fail(`column ${row.name}: principal is "${row.principal}": write 1 or 0`);
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
