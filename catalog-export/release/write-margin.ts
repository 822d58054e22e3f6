import type { Table } from '../../engine/catalog/table.ts';
import { footerOf } from '../hats/footer.ts';
import { collectedFooters } from '../hats/footers.ts';
import { marginFiles, textFile } from '../hats/hats-files.ts';
import type { DataFile } from '../hats/partition.ts';
import { collectionProperties } from '../hats/properties.ts';
import { inOrder } from './in-order.ts';
import { openMaker } from './partition-maker.ts';
import type { ReleaseWriter } from './release-writer.ts';
import type { RowsTask } from './table-rows.ts';

export interface MarginOptions {
  readonly table: Table;
  readonly writer: ReleaseWriter;
  readonly date: Date;
}

/**
 * Writes the margin of a catalogue, and what makes the two of them a HATS collection.
 * @param tasks of the margins of its partitions, in the order of the index.
 */
export async function writeMargin(
  { table, writer, date }: MarginOptions,
  arcsec: number,
  tasks: AsyncIterable<RowsTask>,
): Promise<void> {
  const created = date.toISOString();
  const name = `margin_${arcsec}arcs`;
  const maker = openMaker({ table, folder: '', known: new Set(), files: true });
  const partitions: DataFile[] = [];
  const collected = collectedFooters();
  try {
    const made = inOrder(tasks, maker.atATime, async (task) => {
      const [margin] = await maker.make(task);
      const { order, pixel, path, rows, file } = margin!;
      await writer.put(`${name}/${path}`, file!.bytes, { rows });
      await task.done();
      return {
        data: { order, pixel, path, rows, bytes: file!.bytes.length },
        footer: footerOf(file!.bytes).slice(),
      };
    });
    for await (const { data, footer } of made) {
      partitions.push(data);
      collected.add({ path: data.path, footer });
    }
  } finally {
    await maker.close();
  }
  const footers = collected.list();
  for (const { path, bytes } of marginFiles({ table, created, partitions, footers }, arcsec)) {
    await writer.put(`${name}/${path}`, bytes);
  }
  const collection = textFile('collection.properties', collectionProperties(table, created, name));
  await writer.put(collection.path, collection.bytes);
}
