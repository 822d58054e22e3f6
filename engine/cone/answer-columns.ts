import { BufferType, type Data, Float64 } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import { qualifiedName, type Table } from '../catalog/table.ts';
import { remembered } from '../remembered.ts';
import { bitmap, column } from '../table/rows.ts';

/** The columns of an answer by their names, without and with the separation. */
export const answerColumns = remembered((table: Table) =>
  remembered((names: readonly string[]) => {
    const stored = names.map((name) => columnNamed(table, name));
    return { stored, withSeparation: [...stored, separationColumn(stored)] };
  }),
);

function columnNamed(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    const names = table.columns.map((candidate) => candidate.name).join(', ');
    throw new RangeError(`${qualifiedName(table)} has no column ${name}; it has ${names}`);
  }
  return column;
}

function separationColumn(others: readonly Column[]): Column {
  return addedColumn(others, {
    name: 'separation',
    datatype: 'double',
    arraysize: null,
    unit: 'deg',
    ucd: 'pos.angDistance',
    description: 'Angular distance from the centre of the search',
  });
}

/** A column that the table does not have, under a name that no other column of the answer has. */
export function addedColumn(
  others: readonly Column[],
  wanted: Pick<Column, 'name' | 'datatype' | 'arraysize' | 'unit' | 'ucd' | 'description'>,
): Column {
  const taken = new Set(others.map((column) => column.name.toLowerCase()));
  let { name } = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted.name}_${n}`;
  return { ...wanted, name, xtype: null, utype: null, principal: true, indexed: false, std: false };
}

export function float64Data(values: Float64Array): Data {
  return column(new Float64(), values.length, null, buffersOf(values));
}

/** A NaN stands for a null. */
export function nullableFloat64Data(values: Float64Array): Data {
  const present = bitmap(values.length, (at) => !Number.isNaN(values[at]!));
  return column(new Float64(), values.length, present, buffersOf(values));
}

function buffersOf(values: Float64Array): Partial<Data['buffers']> {
  return { [BufferType.DATA]: values } as Partial<Data['buffers']>;
}
