/**
 * Exports a catalogue in a process of its own: says `ready`, waits for the URL of a database, says `begin`, and in the end
 * `released`, with the number of partitions taken over, `unchanged` or what went wrong. An export that was killed a moment ago may still hold the lock.
 * usage: export-process.ts BUCKET_FOLDER SCHEMA.TABLE MAX_ROWS
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../catalog-export/database/connect.ts';
import { readTable } from '../catalog-export/database/tap-schema.ts';
import { exportCatalog } from '../catalog-export/release/export.ts';
import { loadKernel } from '../engine/healpix-wasm/node.ts';
import { folderStorage } from '../engine/storage/folder.ts';

const [bucket = '', catalog = '', maxRows = ''] = process.argv.slice(2);
const storage = folderStorage(bucket);
const kernel = loadKernel();
const progress = { start() {}, advance() {}, done() {} };

async function outcome(url: string): Promise<string> {
  const client = await connect(url);
  try {
    const table = (await readTable(client, catalog))!;
    process.send!('begin');
    for (;;) {
      try {
        const options = { client, table, storage, kernel, maxRows: Number(maxRows), progress };
        const { outcome, partitions } = await exportCatalog(options);
        return outcome === 'released' ? `released ${partitions.copied}` : outcome;
      } catch (error) {
        if (!(error as Error).message.startsWith('another export')) throw error;
        await delay(50);
      }
    }
  } finally {
    await client.end().catch(() => {});
  }
}

process.send!('ready');
const [url] = await once(process, 'message');
process.send!(await outcome(url).catch((error: Error) => error.message));
process.disconnect();
