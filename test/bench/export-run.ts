/**
 * Exports a catalogue in a process of its own, and tells its parent what that took.
 * usage: export-run.ts DATABASE_URL BUCKET_FOLDER SCHEMA.TABLE full|incremental
 */
import { connect } from '../../catalog-export/database/connect.ts';
import { readTable } from '../../catalog-export/database/tap-schema.ts';
import { exportCatalog } from '../../catalog-export/release/export.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { folderStorage } from '../../engine/storage/folder.ts';

/** What the process sends. */
export interface ExportRun {
  readonly seconds: number;
  /** Resident memory of all threads at most, bytes. */
  readonly peak: number;
  /** Of all threads, seconds. */
  readonly cpu: number;
  readonly outcome: string;
  readonly partitions: { readonly written: number; readonly copied: number };
  /** Of the data files. */
  readonly bytes: number;
}

const [url = '', bucket = '', catalog = '', how = ''] = process.argv.slice(2);
const client = await connect(url);
const table = (await readTable(client, catalog))!;
const progress = { start() {}, advance() {}, done() {} };
const began = performance.now();
const { outcome, partitions, manifest } = await exportCatalog({
  client,
  table,
  storage: folderStorage(bucket),
  kernel: loadKernel(),
  full: how === 'full',
  progress,
});
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
process.send!({
  seconds: (performance.now() - began) / 1000,
  peak: maxRSS * 1024,
  cpu: (userCPUTime + systemCPUTime) / 1e6,
  outcome,
  partitions,
  bytes: manifest.bytes,
} satisfies ExportRun);
await client.end();
process.disconnect();
