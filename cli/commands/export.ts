import { Command } from 'commander';
import type pg from 'pg';
import { connect } from '../../catalog-export/database/connect.ts';
import { publishedTables } from '../../catalog-export/database/tap-schema.ts';
import { exportCatalog } from '../../catalog-export/release/export.ts';
import type { Manifest } from '../../engine/catalog/manifest.ts';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { readSettings } from '../settings.ts';
import { openTarget } from '../target.ts';
import { terminalProgress } from '../terminal/progress.ts';
import { withDatabase } from './with-database.ts';

const EXAMPLES = `
Examples:
  almagest export                          all published catalogues
  almagest export survey.stars             one of them
  almagest export --json > report.json     what was written, for a script
  DATABASE_URL=postgres://me@host/sky almagest export

Each catalogue becomes a new release in the bucket (.almagest/bucket, or below ALMAGEST_DATA), and readers see it
once it is complete. Rows too many for memory wait in TMPDIR, which needs as much room as the largest table.
Exit status: 0 when every catalogue was exported, 1 otherwise.`;

export const exportCommand = new Command('export')
  .description('write published catalogues as new releases: HATS catalogues in Parquet')
  .argument('[catalog...]', 'schema.table of each catalogue; all published ones if none is given')
  .option('--json', 'print one JSON object per catalogue on standard output')
  .addHelpText('after', EXAMPLES)
  .action(async (catalogs: string[], { json = false }: { json?: boolean }) => {
    const storage = openTarget(readSettings().bucket);
    const progress = terminalProgress(json ? process.stderr : process.stdout);
    await withDatabase(async (session, url) => {
      const kernel = loadKernel();
      for (const table of await chosenTables(session, catalogs)) {
        const started = performance.now();
        // A session of its own: what goes wrong with one catalogue leaves the next ones alone.
        const client = await connect(url);
        try {
          const { manifest } = await exportCatalog({ client, table, storage, kernel, progress });
          if (json) console.log(JSON.stringify(report(manifest, performance.now() - started)));
        } catch (error) {
          // Before the message, or the bar would be drawn over it.
          progress.done();
          process.exitCode = 1;
          const { message } = error as Error;
          if (json) console.log(JSON.stringify({ catalog: qualifiedName(table), error: message }));
          console.error(
            `almagest: ${qualifiedName(table)} was not exported, its last release stays: ${message}`,
          );
        } finally {
          await client.end().catch(() => {});
        }
      }
    }).finally(() => progress.done());
  });

async function chosenTables(client: pg.Client, catalogs: readonly string[]): Promise<Table[]> {
  const published = await publishedTables(client);
  if (published.length === 0) {
    throw new Error(
      'no catalogue is published yet: "almagest load FILE --as schema.table" brings in a file, ' +
        '"almagest publish schema.table" a table of the database',
    );
  }
  const names = published.map(qualifiedName);
  const unknown = catalogs.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new Error(`${unknown.join(', ')} is not published; published are ${names.toSorted().join(', ')}`);
  }
  return catalogs.length === 0
    ? published
    : published.filter((table) => catalogs.includes(qualifiedName(table)));
}

function report(
  { catalog, release, rows, rowsWithoutPosition, partitions, bytes }: Manifest,
  milliseconds: number,
) {
  return {
    catalog,
    release,
    rows,
    rowsWithoutPosition,
    partitions,
    bytes,
    seconds: Math.round(milliseconds) / 1000,
  };
}
