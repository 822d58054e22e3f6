import { parquetMetadataAsync, parquetScan, type SchemaElement } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { compressors } from 'hyparquet-compressors';
import type { Column } from '../../engine/catalog/column.ts';
import {
  columnType,
  listElement,
  PARQUET_PARSERS,
  topLevelFields,
  typeName,
} from '../../engine/upload/parquet-types.ts';
import { type ColumnType, plainColumn } from '../../engine/upload/plain-column.ts';
import type { CopyValue } from '../database/copy.ts';
import { arrayText, type Elements } from './array-text.ts';
import { type ColumnMetadata, shapeOf } from './metadata-file.ts';
import { arraysizesOf } from './parquet-lists.ts';
import { BATCH_ROWS, type ColumnChoice, chosenIndexes, columnNames, type IngestSource } from './source.ts';
import { readVoparquet, VOPARQUET_KEY } from './voparquet.ts';

/**
 * Reads a Parquet file, one row group in memory at a time. The units, UCDs and descriptions of a VOParquet
 * footer are kept. Lists become arrays, of the shape that the metadata or the file tell.
 * @throws Error naming the columns whose type cannot be published.
 */
export async function openParquet(
  path: string,
  choice: ColumnChoice,
  said: ReadonlyMap<string, ColumnMetadata>,
): Promise<IngestSource> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((error: Error) => {
    throw new Error(`this is not a whole Parquet file (${error.message})`);
  });
  const fields = topLevelFields(metadata);
  const names = columnNames(fields.map(({ name }) => name));
  const indexes = chosenIndexes(names, choice);
  const footer = metadata.key_value_metadata?.find(({ key }) => key === VOPARQUET_KEY)?.value;
  const described = footer === undefined ? null : readVoparquet(footer);

  const arraysizes = arraysizesOf(metadata, described, said);
  const typed = indexes.map((i) => {
    const field = fields[i]!;
    return { name: names[i]!, field, ...storedType(metadata.schema, field, arraysizes(field.name)) };
  });
  const unsupported = typed.filter(({ type }) => type === null);
  if (unsupported.length > 0) {
    const list = unsupported.map(({ name, field }) => `${name} (${typeName(field)})`).join(', ');
    throw new Error(`columns of these types cannot be published: ${list}. Choose others with --columns`);
  }
  const columns = typed.map(({ name, field, type, list }) => ({
    ...plainColumn(name, type!),
    ...described?.columns.get(field.name),
    ...(list && withShapedXtype(type!, described?.shapes.get(field.name)?.xtype ?? null)),
  }));

  async function* batches(): AsyncGenerator<CopyValue[][]> {
    const scan = await parquetScan({ file, metadata, compressors, parsers: PARQUET_PARSERS });
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const data: ArrayLike<CopyValue | undefined>[] = [];
      for (const { name, field, list, arraysize } of typed) {
        const values = await scan
          .readColumn({ column: field.name, rowStart, rowEnd })
          .catch((error: Error) => {
            throw new Error(
              `column ${name} cannot be read, rows ${rowStart + 1} to ${rowEnd}: ${error.message}`,
            );
          });
        data.push(
          list ? arrayTexts(values as ArrayLike<Elements | undefined>, arraysize, name, rowStart) : values,
        );
      }
      for (let from = 0; from < rowEnd - rowStart; from += BATCH_ROWS) {
        const length = Math.min(BATCH_ROWS, rowEnd - rowStart - from);
        yield Array.from({ length }, (_, i) => data.map((values) => values[from + i] ?? null));
      }
      rowStart = rowEnd;
    }
  }
  return {
    columns,
    description: described?.description ?? null,
    rowCount: Number(metadata.num_rows),
    arraysizes: new Set(typed.filter(({ arraysize }) => arraysize !== undefined).map(({ name }) => name)),
    batches,
  };
}

/** Geometries and intervals stay what they are. */
function withShapedXtype({ datatype, arraysize }: ColumnType, xtype: string | null): Pick<Column, 'xtype'> {
  return { xtype: datatype === 'double' && xtype !== null && shapeOf(xtype) === arraysize ? xtype : null };
}

function arrayTexts(
  values: ArrayLike<Elements | undefined>,
  arraysize: string | undefined,
  name: string,
  rowStart: number,
): (string | null)[] {
  return Array.from(values, (elements, row) => {
    if (elements === undefined || elements === null) return null;
    try {
      return arrayText(elements, arraysize);
    } catch (error) {
      throw new Error(`row ${rowStart + row + 1} has in column ${name} ${(error as Error).message}`);
    }
  });
}

/**
 * The type of a column, and whether its values come as lists.
 * @param arraysize of its arrays, if it is known; what lies in lists of lists has a shape of its own.
 */
function storedType(
  schema: readonly SchemaElement[],
  field: SchemaElement,
  arraysize: string | undefined,
): { type: ColumnType | null; list: boolean; arraysize: string | undefined } {
  const list = listElement(schema, field);
  if (list === null) return { type: columnType(field), list: false, arraysize: undefined };
  const element = columnType(list.element);
  const known = list.depth === 1 ? arraysize : undefined;
  if (element === null || element.datatype === 'char') return { type: null, list: true, arraysize: known };
  return { type: { ...element, arraysize: known ?? '*' }, list: true, arraysize: known };
}
