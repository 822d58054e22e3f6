import { releasePrefix } from '../../engine/catalog/manifest.ts';
import {
  parseReleaseFiles,
  RELEASE_FILES_PATH,
  type ReleaseFile,
} from '../../engine/catalog/release-files.ts';
import type { Table } from '../../engine/catalog/table.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { footerOf } from '../hats/footer.ts';
import { collectedFooters } from '../hats/footers.ts';
import { marginFiles, textFile } from '../hats/hats-files.ts';
import type { DataFile } from '../hats/partition.ts';
import { collectionProperties } from '../hats/properties.ts';
import { inOrder } from './in-order.ts';
import type { PreviousRelease } from './known-partitions.ts';
import type { MadePartition } from './make-partitions.ts';
import { openMaker } from './partition-maker.ts';
import { readFooter } from './read-footer.ts';
import type { ReleaseWriter } from './release-writer.ts';
import type { RowsTask } from './table-rows.ts';

export interface MarginOptions {
  readonly table: Table;
  readonly storage: Storage;
  readonly writer: ReleaseWriter;
  readonly date: Date;
  /** The release whose margin has files that may be copied; null where all are made anew. */
  readonly before: PreviousRelease | null;
}

/** A file of the margin of the release before. */
interface KnownMargin {
  readonly key: string;
  readonly file: ReleaseFile;
}

/**
 * Writes the margin of a catalogue, and what makes the two of them a HATS collection. Files of the release before whose rows are the same
 * are copied.
 * @param tasks of the margins of its partitions, in the order of the index.
 */
export async function writeMargin(
  options: MarginOptions,
  arcsec: number,
  tasks: AsyncIterable<RowsTask>,
): Promise<void> {
  const { table, writer, date } = options;
  const created = date.toISOString();
  const name = `margin_${arcsec}arcs`;
  const known = await knownMargins(options);
  const maker = openMaker({ table, folder: '', known: new Set(known.keys()), files: true });
  const anew = async (task: RowsTask) => (await maker.make({ ...task, anew: true }))[0]!;
  const partitions: DataFile[] = [];
  const collected = collectedFooters();
  try {
    const stored = inOrder(tasks, maker.atATime, async (task) => {
      const made = (await maker.make(task))[0]!;
      const isKnown = made.file === null;
      const copy = isKnown ? await copied(options, name, made, known.get(made.content)!) : null;
      const margin = copy ?? (await written(options, name, isKnown ? await anew(task) : made));
      await task.done();
      return margin;
    });
    for await (const { data, footer } of stored) {
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

/** By their content. */
async function knownMargins({ storage, before }: MarginOptions): Promise<ReadonlyMap<string, KnownMargin>> {
  if (before === null) return new Map();
  const { catalog, release, margin } = before.manifest;
  const prefix = releasePrefix(catalog, release);
  const listed = await storage.get(`${prefix}/${RELEASE_FILES_PATH}`);
  if (listed === null) return new Map();
  const { files } = parseReleaseFiles(`${prefix}/${RELEASE_FILES_PATH}`, listed);
  const ofMargin = files.filter(({ path }) => path.startsWith(`margin_${margin}arcs/`));
  return new Map(
    ofMargin.flatMap((file) =>
      file.content === undefined ? [] : [[file.content, { key: `${prefix}/${file.path}`, file }]],
    ),
  );
}

interface StoredMargin {
  readonly data: DataFile;
  readonly footer: Uint8Array;
}

async function written({ writer }: MarginOptions, name: string, made: MadePartition): Promise<StoredMargin> {
  const { order, pixel, path, rows, content } = made;
  const { bytes } = made.file!;
  await writer.put(`${name}/${path}`, bytes, { rows, content });
  return { data: { order, pixel, path, rows, bytes: bytes.length }, footer: footerOf(bytes).slice() };
}

/** @returns null where the file is not there as it was written. */
async function copied(
  { storage, writer }: MarginOptions,
  name: string,
  { order, pixel, path, rows }: MadePartition,
  { key, file }: KnownMargin,
): Promise<StoredMargin | null> {
  if ((await storage.size(key)) !== file.bytes) return null;
  const footer = await readFooter(storage, key);
  if (footer === null) return null;
  await storage.copy(key, `${writer.prefix}/${name}/${path}`);
  writer.add({ ...file, path: `${name}/${path}` });
  return { data: { order, pixel, path, rows, bytes: file.bytes }, footer: new Uint8Array(footer) };
}
