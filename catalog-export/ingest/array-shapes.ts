import type pg from 'pg';
import { type Column, isArray } from '../../engine/catalog/column.ts';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { quoted, quotedTable } from '../database/identifier.ts';

const EXAMPLES = 3;

/** One dimension of an array in PostgreSQL. */
interface Dimension {
  /** The subscript of its first element. */
  readonly first: number;
  readonly size: number;
}

/** The shapes of a column's arrays that have elements, each once; the dimension that varies slowest comes first. */
interface Shapes {
  readonly shapes: readonly (readonly Dimension[])[];
  /** Some arrays have no elements. */
  readonly empty: boolean;
}

/**
 * The columns of a table with the arraysizes that their arrays have: PostgreSQL knows neither length nor dimensions of an
 * array's type. Where all arrays of a column have one shape, that is its arraysize (`8x12` for `real[12][8]`: VOTable names the
 * dimension last that varies slowest, VOTable 1.4 §2.2); where they differ in the last size only, that one is `*`.
 * @param declared names of the columns whose arraysize is known: their rows must fit it.
 * @throws Error naming the column whose arrays have shapes that no arraysize describes, that do not fit the one declared, or
 * whose subscripts do not begin with 1.
 */
export async function withArraysizes(
  client: pg.Client,
  table: Table,
  declared: ReadonlySet<string>,
): Promise<Column[]> {
  const shapes = await shapesOfArrays(client, table);
  return table.columns.map((column) => {
    const found = shapes.get(column.name);
    if (found === undefined) return column;
    const where = `column ${column.name} of ${qualifiedName(table)}`;
    const first = found.shapes.flat().find(({ first }) => first !== 1)?.first;
    if (first !== undefined) {
      throw new Error(
        `${where} has arrays whose first subscript is ${first}, where it must be 1: publish a view of the table with ` +
          `${quoted(column.name)}[:] in its place`,
      );
    }
    const arraysize = declared.has(column.name) ? column.arraysize! : arraysizeOf(found);
    if (arraysize === null) {
      throw new Error(
        `${where} has arrays of shapes that no one arraysize describes, such as ${examples(found.shapes)}: only the size that is ` +
          'named last may vary. Leave the column out with --columns, or publish a view that gives its arrays one shape',
      );
    }
    const misfits = found.shapes.filter((shape) => !fits(shape, arraysize));
    if (misfits.length > 0 || (found.empty && !arraysize.endsWith('*'))) {
      const such = misfits.length > 0 ? `of the size ${examples(misfits)}` : 'without elements';
      throw new Error(
        `${where} has arrays ${such}, where its arraysize is ${arraysize}: correct them, or say in the metadata which ` +
          'arraysize is right',
      );
    }
    return { ...column, arraysize };
  });
}

async function shapesOfArrays(client: pg.Client, table: Table): Promise<Map<string, Shapes>> {
  const columns = table.columns.filter(isArray).map(({ name }) => name);
  if (columns.length === 0) return new Map();
  const facts = columns.map((name, at) => {
    const dimensions = `array_dims(${quoted(name)})`;
    return (
      `min(${dimensions}) AS least_${at}, max(${dimensions}) AS most_${at}, ` +
      `coalesce(bool_or(cardinality(${quoted(name)}) = 0), false) AS empty_${at}`
    );
  });
  const { rows } = await client.query(`SELECT ${facts.join(', ')} FROM ${quotedTable(table)}`);
  const result = new Map<string, Shapes>();
  for (const [at, name] of columns.entries()) {
    const [least, most, empty] = ['least', 'most', 'empty'].map((fact) => rows[0]![`${fact}_${at}`]);
    const texts = least === most ? [least] : await distinctDimensions(client, table, name);
    result.set(name, { shapes: texts.filter((text) => text !== null).map(dimensionsOf), empty });
  }
  return result;
}

async function distinctDimensions(client: pg.Client, table: Table, column: string): Promise<string[]> {
  const { rows } = await client.query(
    `SELECT DISTINCT array_dims(${quoted(column)}) COLLATE "C" AS dimensions FROM ${quotedTable(table)}
     WHERE cardinality(${quoted(column)}) > 0 ORDER BY 1`,
  );
  return rows.map(({ dimensions }) => dimensions);
}

/** Of `[1:12][1:8]`. */
function dimensionsOf(text: string): Dimension[] {
  return Array.from(text.matchAll(/\[(-?\d+):(-?\d+)\]/g), ([, first, last]) => ({
    first: Number(first),
    size: Number(last) - Number(first) + 1,
  }));
}

/** Null where there is none. A length of 1 alone would tell of no array (VOTable 1.4 §2.2). */
function arraysizeOf({ shapes, empty }: Shapes): string | null {
  const [shape, ...others] = shapes;
  if (shape === undefined) return '*';
  const inner = sizesText(shape.slice(1));
  if (others.some((other) => other.length !== shape.length || sizesText(other.slice(1)) !== inner))
    return null;
  const outer = empty || others.length > 0 ? '*' : String(shape[0]!.size);
  const arraysize = inner === '' ? outer : `${inner}x${outer}`;
  return arraysize === '1' ? '*' : arraysize;
}

function fits(shape: readonly Dimension[], arraysize: string): boolean {
  const declared = arraysize.split('x').reverse();
  return (
    shape.length === declared.length &&
    shape.every(({ size }, at) => {
      const text = declared[at]!;
      if (text === '*') return true;
      return text.endsWith('*') ? size <= Number.parseInt(text, 10) : size === Number(text);
    })
  );
}

/** As VOTable writes it. */
function sizesText(shape: readonly Dimension[]): string {
  return shape
    .map(({ size }) => size)
    .reverse()
    .join('x');
}

function examples(shapes: readonly (readonly Dimension[])[]): string {
  return shapes.slice(0, EXAMPLES).map(sizesText).join(', ');
}
