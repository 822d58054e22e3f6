/**
 * Exports a catalogue in a process of its own, which says `begin` and `end` to its parent.
 * usage: export-process.ts DATABASE_URL BUCKET_FOLDER SCHEMA.TABLE
 */
import { connect } from '../catalog-export/database/connect.ts';
import { readTable } from '../catalog-export/database/tap-schema.ts';
import { exportCatalog } from '../catalog-export/release/export.ts';
import { loadKernel } from '../engine/healpix-wasm/node.ts';
import { folderStorage } from '../engine/storage/folder.ts';

const [url = '', bucket = '', catalog = ''] = process.argv.slice(2);
const client = await connect(url);
const table = await readTable(client, catalog);
const kernel = loadKernel();
const progress = { start() {}, advance() {}, done() {} };
process.send!('begin');
await exportCatalog({
  client,
  table: table!,
  storage: folderStorage(bucket),
  kernel,
  maxRows: 2000,
  progress,
});
process.send!('end');
await client.end();
process.disconnect();
