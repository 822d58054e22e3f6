import { BufferType, Data, Int32, Int64, Utf8 } from 'apache-arrow';
import type { Column } from '../catalog/column.ts';
import type { Table } from '../catalog/table.ts';
import { remembered } from '../remembered.ts';
import { addedColumn, answerColumns } from './answer-columns.ts';

/** What the positions of a list are called in its answer: texts or whole numbers; null for their numbers from 1 on. */
export type Identifiers = readonly string[] | BigInt64Array | null;

type Kind = 'texts' | 'wholeNumbers' | 'ordinals';

const kindOf = (identifiers: Identifiers): Kind =>
  identifiers === null ? 'ordinals' : identifiers instanceof BigInt64Array ? 'wholeNumbers' : 'texts';

/** The columns of an answer to a list of positions: which of them, the table's, the separation. */
export function positionColumns(
  table: Table,
  names: readonly string[],
  identifiers: Identifiers,
): readonly Column[] {
  return columnsOf(table)(names)[kindOf(identifiers)];
}

const columnsOf = remembered((table: Table) =>
  remembered((names: readonly string[]): Readonly<Record<Kind, readonly Column[]>> => {
    const { withSeparation } = answerColumns(table)(names);
    const withPosition = (type: Pick<Column, 'datatype' | 'arraysize'>, description: string) => [
      addedColumn(withSeparation, { name: 'position', ...type, unit: null, ucd: 'meta.id', description }),
      ...withSeparation,
    ];
    const given = 'Identifier of the position around which the row was found, as it was given';
    return {
      texts: withPosition({ datatype: 'unicodeChar', arraysize: '*' }, given),
      wholeNumbers: withPosition({ datatype: 'long', arraysize: null }, given),
      ordinals: withPosition(
        { datatype: 'int', arraysize: null },
        'Number of the position around which the row was found, in the list that was given; the first is 1',
      ),
    };
  }),
);

/** A row for each position. */
export function positionData(identifiers: Identifiers, count: number): Data {
  if (identifiers === null) {
    return dataOf(new Int32(), count, {
      [BufferType.DATA]: Int32Array.from({ length: count }, (_, at) => at + 1),
    });
  }
  if (identifiers instanceof BigInt64Array) {
    return dataOf(new Int64(), count, { [BufferType.DATA]: identifiers });
  }
  const texts = identifiers.map((text) => encoder.encode(text));
  const offsets = new Int32Array(count + 1);
  texts.forEach(({ length }, at) => {
    offsets[at + 1] = offsets[at]! + length;
  });
  const bytes = new Uint8Array(offsets[count]!);
  texts.forEach((text, at) => {
    bytes.set(text, offsets[at]!);
  });
  return dataOf(new Utf8(), count, { [BufferType.DATA]: bytes, [BufferType.OFFSET]: offsets });
}

const encoder = new TextEncoder();

function dataOf(type: Data['type'], length: number, buffers: object): Data {
  return new Data(type, 0, length, 0, buffers as Partial<Data['buffers']>);
}
