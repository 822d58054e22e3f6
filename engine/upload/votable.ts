import type { Datatype } from '../catalog/column.ts';
import { nullInteger } from '../table/votable-arrays.ts';
import { decodedTexts } from './decoded-texts.ts';
import { columnNames } from './names.ts';
import { tableBuilder } from './table-builder.ts';
import { UploadError, type UploadedRows, type UploadLimits } from './upload.ts';
import { binaryRows } from './votable-binary.ts';
import { type VotableTable, votableEvents } from './votable-events.ts';
import { type VotableField, votableField } from './votable-fields.ts';
import { textReader } from './votable-text.ts';

/**
 * The first table with data of a VOTable (VOTable 1.4): TABLEDATA, BINARY or BINARY2.
 * @throws UploadError
 */
export async function readVotable(bytes: Uint8Array, limits: UploadLimits): Promise<UploadedRows> {
  let reader: ReturnType<typeof rowReader> | null = null;
  try {
    for await (const { table, rows, bytes: binary } of votableEvents(decodedTexts(bytes))) {
      if (table === null) continue;
      reader ??= rowReader(table, limits);
      reader.texts(rows);
      reader.binary(binary);
    }
  } catch (error) {
    throw error instanceof UploadError ? error : new UploadError((error as Error).message, { cause: error });
  }
  if (reader === null) throw new UploadError('the VOTable has no TABLE with DATA');
  return reader.end();
}

function rowReader(table: VotableTable, limits: UploadLimits) {
  const names = columnNames(
    table.fields.map(({ name, ID }) => name ?? ID ?? ''),
    limits,
  );
  const fields = table.fields.map(
    (field, at) => withNulls(votableField(names[at]!, field)) ?? refuseType(table, names),
  );
  const columns = fields.map(({ column }) => column);
  const builder = tableBuilder(columns, limits);
  const readers = fields.map(textReader);
  const binary =
    table.serialization === 'TABLEDATA' ? null : binaryRows(fields, table.serialization === 'BINARY2');
  let count = 0;

  return {
    texts(rows: readonly string[][]): void {
      for (const cells of rows) {
        count++;
        builder.add(cells.map((text, at) => cellOf(text, at)));
      }
    },
    binary(bytes: Uint8Array): void {
      if (binary === null || bytes.length === 0) return;
      for (const row of binary.add(bytes)) builder.add(row);
    },
    end(): UploadedRows {
      const left = binary?.rest() ?? 0;
      if (left > 0) throw new UploadError(`the last row is incomplete: ${left} bytes are left`);
      return { columns, description: table.description, blocks: builder.blocks() };
    },
  };

  function cellOf(text: string, at: number) {
    try {
      return readers[at]!(text);
    } catch (error) {
      throw new UploadError(`row ${count}, column “${names[at]}” holds ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}

const WIDER: Partial<Record<Datatype, Datatype>> = { short: 'int', int: 'long' };

/**
 * A null in an array of integers is one of them (VOTable 1.4 §4.7), in a file and in our answers. A file that has none needs none in
 * answers; where it has another one than answers have, that may be a value, for which a wider type has room.
 */
function withNulls(field: VotableField | null): VotableField | null {
  if (field === null) return null;
  const { column, null: none } = field;
  const ours = nullInteger(column);
  if (ours === null || none?.trim() === ours) return field;
  if (none === null) return { ...field, column: { ...column, wholeArrays: true } };
  return { ...field, column: { ...column, datatype: WIDER[field.datatype] ?? column.datatype } };
}

function refuseType({ fields }: VotableTable, names: readonly string[]): VotableField {
  const unsupported = fields.flatMap((field, at) =>
    votableField('', field) === null
      ? [
          `“${names[at]}” (${field.datatype ?? 'without a datatype'}${field.arraysize ? `[${field.arraysize}]` : ''})`,
        ]
      : [],
  );
  throw new UploadError(
    `columns of these types cannot be queried: ${unsupported.slice(0, 10).join(', ')}: upload the table without them`,
  );
}
