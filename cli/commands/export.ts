import { Command, InvalidArgumentError } from 'commander';
import type pg from 'pg';
import { connect } from '../../catalog-export/database/connect.ts';
import { prepareExport } from '../../catalog-export/database/prepare-export.ts';
import { publishedTables } from '../../catalog-export/database/tap-schema.ts';
import { type Exported, exportCatalog } from '../../catalog-export/release/export.ts';
import { planExport } from '../../catalog-export/release/plan-export.ts';
import { planInWords } from '../../catalog-export/release/summary.ts';
import { qualifiedName, type Table } from '../../engine/catalog/table.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { refusesWith2, untilBegun } from '../exit-status.ts';
import { terminalProgress } from '../terminal/progress.ts';
import { addTargetOption, bucketOf, TARGET_HELP, type TargetFlag } from './target-option.ts';
import { withDatabase } from './with-database.ts';

const HELP = `
Examples:
  almagest export                          all published catalogues
  almagest export survey.stars             one of them
  almagest export --json > report.json     what was written, for a script
  almagest export --target s3://sky/releases
  almagest export survey.stars --release 2026-11-20
  almagest export --full                   also what has not changed
  almagest export --dry-run                reads all that has changed, writes nothing
  almagest export survey.stars --margin 10 later exports keep it; --margin 0 ends it
  DATABASE_URL=postgres://me@host/sky almagest export && almagest gc

Each catalogue becomes a new release in the bucket, and readers see it once it is complete; until then, and when anything fails, they see the last
one. A catalogue that has not changed since its last release gets none, and files that have not changed are taken over. Rows too many for memory wait in TMPDIR,
which needs as much room as the largest table. An export that was killed is taken up by the next one.
A release is named after the day (UTC), the second of a day YYYY-MM-DD.1, and so on; --release gives it another name of that form, which has to be
later than those that there are; where nothing has changed, no release is made under any name, but for --full.
Two exports of a catalogue never run at once, be it from two machines or two databases into one bucket: the second is refused.
What became of each export is kept in the bucket (reports.json of the catalogue) and shown on the catalogue's page below /bulk.
${TARGET_HELP}

Exit status: 0 when every catalogue was exported or had not changed, 1 when one could not be, 2 when nothing was tried: a name or an option is wrong, or the
database cannot be reached.`;

interface Flags extends TargetFlag {
  readonly release?: string;
  readonly full?: boolean;
  readonly margin?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export const exportCommand = refusesWith2(
  addTargetOption(
    new Command('export')
      .description('write published catalogues as new releases: HATS catalogues in Parquet')
      .argument('[catalog...]', 'schema.table of each catalogue; all published ones if none is given')
      .option('--release <name>', 'name of the releases: YYYY-MM-DD or YYYY-MM-DD.n, later than the last')
      .option('--full', 'write every file anew, whatever has changed')
      .option(
        '--margin <arcsec>',
        'give each partition a margin: rows so near to it, for cross-matches in LSDB; 0 for none (default: as in the last release)',
        arcsec,
      )
      .option('--dry-run', 'write nothing, and say what would be written')
      .option('--json', 'print one JSON object per catalogue on standard output'),
  ).addHelpText('after', HELP),
).action((catalogs: string[], flags: Flags) => untilBegun((begun) => exportChosen(catalogs, flags, begun)));

async function exportChosen(catalogs: readonly string[], flags: Flags, begun: () => void): Promise<void> {
  const { json = false, full = false, dryRun = false, margin, release } = flags;
  const storage = bucketOf(flags);
  const progress = terminalProgress(json ? process.stderr : process.stdout);
  await withDatabase(async (session, url) => {
    const tables = await chosenTables(session, catalogs);
    begun();
    const kernel = loadKernel();
    for (const table of tables) {
      // A session of its own: what goes wrong with one catalogue leaves the next ones alone.
      const client = await connect(url);
      try {
        const options = {
          client,
          table,
          storage,
          kernel,
          progress,
          full,
          margin,
          ...(release && { release }),
        };
        if (dryRun) {
          const planned = await planExport(options);
          console.log(json ? JSON.stringify(planned) : planInWords(planned));
          continue;
        }
        const warning = await prepareExport(client, table);
        if (warning !== null) console.error(`almagest: ${warning}`);
        const exported = await exportCatalog(options);
        if (json) console.log(JSON.stringify(asJson(exported)));
      } catch (error) {
        // Before the message, or the bar would be drawn over it.
        progress.done();
        process.exitCode = 1;
        const catalog = qualifiedName(table);
        const { message } = error as Error;
        if (json) console.log(JSON.stringify({ catalog, outcome: 'failed', message }));
        console.error(`almagest: ${catalog} was not exported, its last release stays: ${message}`);
      } finally {
        await client.end().catch(() => {});
      }
    }
  }).finally(() => progress.done());
}

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

/** The report that is kept, with what a script wants beside it. */
function asJson({ manifest, report }: Exported) {
  const { catalog, rowsWithoutPosition } = manifest;
  return { catalog, ...report, rowsWithoutPosition };
}

function arcsec(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value > 3600) {
    throw new InvalidArgumentError(
      'It has to be a number of arcseconds up to 3600, such as 10; 0 for no margin.',
    );
  }
  return value;
}
