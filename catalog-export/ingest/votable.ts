import type { Cell } from '../../engine/upload/cell.ts';
import { binaryRows } from '../../engine/upload/votable-binary.ts';
import { type VotableTable, votableEvents } from '../../engine/upload/votable-events.ts';
import { isArrayField, type VotableField, votableField } from '../../engine/upload/votable-fields.ts';
import { textReader } from '../../engine/upload/votable-text.ts';
import type { CopyValue } from '../database/copy.ts';
import { arrayText } from './array-text.ts';
import { BATCH_ROWS, type ColumnChoice, chosenIndexes, columnNames, type IngestSource } from './source.ts';
import { decodedText } from './text-file.ts';

/**
 * Reads the first table with data of a VOTable (VOTable 1.4; `.gz` too): TABLEDATA, BINARY or BINARY2, as a stream. Descriptions,
 * units, UCDs, xtypes and the shapes of arrays are kept.
 * @throws Error naming the columns whose type cannot be published, or saying where the document is no VOTable; a document that
 * says of itself that it is an error is refused with its message.
 */
export async function openVotable(path: string, choice: ColumnChoice): Promise<IngestSource> {
  const table = await header(path);
  const names = columnNames(table.fields.map(({ name, ID }) => name ?? ID ?? ''));
  const indexes = chosenIndexes(names, choice);
  const all = table.fields.map((field, i) => votableField(names[i]!, field));
  const fields = indexes.flatMap((i) => all[i] ?? []);
  const unsupported = (isBinary(table) ? [...all.keys()] : indexes).filter((i) => all[i] === null);
  if (unsupported.length > 0) {
    const list = unsupported.map((i) => `${names[i]} (${typeOf(table, i)})`).join(', ');
    const advice = isBinary(table) ? 'write the table without them' : 'choose others with --columns';
    throw new Error(`columns of these types cannot be published: ${list}: ${advice}`);
  }

  async function* batches(): AsyncGenerator<CopyValue[][]> {
    const rows = isBinary(table)
      ? rowsOfBinary(path, all as VotableField[], indexes, table)
      : rowsOfText(path, fields, indexes);
    let batch: CopyValue[][] = [];
    for await (const some of rows) {
      for (const row of some) batch.push(row);
      if (batch.length < BATCH_ROWS) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
  return {
    columns: fields.map(({ column }) => column),
    description: table.description,
    rowCount: table.rows ?? 0,
    arraysizes: new Set(fields.filter(isArrayField).map(({ column }) => column.name)),
    batches,
  };
}

const isBinary = ({ serialization }: VotableTable): boolean => serialization !== 'TABLEDATA';

function typeOf({ fields }: VotableTable, index: number): string {
  const { datatype, arraysize } = fields[index]!;
  return `${datatype}${arraysize === undefined ? '' : `[${arraysize}]`}`;
}

/** What stands before the rows. */
async function header(path: string): Promise<VotableTable> {
  for await (const { table } of votableEvents(decodedText(path))) if (table !== null) return table;
  throw new Error('the document has no TABLE with DATA');
}

async function* rowsOfText(
  path: string,
  fields: readonly VotableField[],
  indexes: readonly number[],
): AsyncGenerator<CopyValue[][]> {
  const readers = fields.map(textReader);
  let count = 0;
  for await (const { rows } of votableEvents(decodedText(path))) {
    yield rows.map((cells) => {
      count++;
      return readers.map((read, at) => {
        try {
          return copyValue(read(cells[indexes[at]!] ?? ''), fields[at]!);
        } catch (error) {
          throw new Error(
            `row ${count}: column ${fields[at]!.column.name} holds ${(error as Error).message}`,
          );
        }
      });
    });
  }
}

async function* rowsOfBinary(
  path: string,
  fields: readonly VotableField[],
  indexes: readonly number[],
  { serialization }: VotableTable,
): AsyncGenerator<CopyValue[][]> {
  const reader = binaryRows(fields, serialization === 'BINARY2');
  for await (const { bytes } of votableEvents(decodedText(path))) {
    if (bytes.length === 0) continue;
    yield reader.add(bytes).map((row) => indexes.map((i) => copyValue(row[i]!, fields[i]!)));
  }
  if (reader.rest() > 0) throw new Error(`the last row is incomplete: ${reader.rest()} bytes are left`);
}

function copyValue(cell: Cell, { column }: VotableField): CopyValue {
  return typeof cell === 'object' && cell !== null ? arrayText(cell, column.arraysize!) : cell;
}
