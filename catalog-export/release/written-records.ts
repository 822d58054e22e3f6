import type { Storage } from '../../engine/storage/storage.ts';
import type { RowGroup } from '../hats/partition.ts';
import type { PartitionFile } from './known-partitions.ts';

/**
 * What an export notes of each partition that it wrote, in the release that it is making: should it be killed, the next one need not
 * write those again. Named by their contents, and removed before the release is complete.
 */
export interface WrittenRecord {
  readonly file: PartitionFile;
  readonly rowGroups: readonly RowGroup[];
}

/** Folder of the records, relative to the release. */
export const RECORDS_FOLDER = 'written';

const NAME = /^([0-9a-f]{64})\.json$/;

export async function writeRecord(storage: Storage, prefix: string, record: WrittenRecord): Promise<void> {
  const text = JSON.stringify(record, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  await storage.put(recordKey(prefix, record.file.content), new TextEncoder().encode(text));
}

/** Contents of the partitions that an export noted. */
export async function recordedContents(storage: Storage, prefix: string): Promise<string[]> {
  const names = await storage.list(`${prefix}/${RECORDS_FOLDER}`);
  return names.flatMap((name) => NAME.exec(name)?.[1] ?? []);
}

/** @returns null where there is none that can be read. */
export async function readRecord(
  storage: Storage,
  prefix: string,
  content: string,
): Promise<WrittenRecord | null> {
  const bytes = await storage.get(recordKey(prefix, content));
  if (bytes === null) return null;
  try {
    const { file, rowGroups } = JSON.parse(new TextDecoder().decode(bytes));
    const groups = rowGroups.map((group: Record<'first' | 'last', string>) => ({
      ...group,
      first: BigInt(group.first),
      last: BigInt(group.last),
    }));
    return file.content === content ? { file, rowGroups: groups } : null;
  } catch {
    return null;
  }
}

function recordKey(prefix: string, content: string): string {
  return `${prefix}/${RECORDS_FOLDER}/${content}.json`;
}
