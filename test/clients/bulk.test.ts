import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import {
  DEC,
  exported,
  ID,
  RA,
  stars,
  tableOf,
  withTable,
} from '../../catalog-export/release/test-catalog.ts';
import type { Pointer } from '../../engine/catalog/manifest.ts';
import { demoBucket } from '../demo-release.ts';
import { recipesIn, recipesOn, type ShownRecipe } from '../recipes.ts';
import { type RunningService, startService } from '../service.ts';
import { runChecks, skipWithoutPython } from './clients.ts';

const run = promisify(execFile);
const CATALOG = 'hipparcos.stars';
const DOCUMENT = new URL('../../docs/bulk.md', import.meta.url);

/** What a recipe prints, or leaves behind, as a sign that it did what it says: by a word of its title. */
const SIGNS: Readonly<Record<string, RegExp>> = {
  'LSDB: open': /vmag[\s\S]*_healpix_29/,
  'pyarrow: some': /pyarrow\.Table\nsource_id: int64\nra: double\ndec: double/,
  'DuckDB: SQL on columns': /118216/,
  'DuckDB: SQL on what': /118216/,
  'astropy: one': /vmag float64\s+mag/,
};

describe('bulk downloads', { skip: skipWithoutPython }, () => {
  let service: RunningService;
  let folder: string;
  let release: string;
  let recipes: ShownRecipe[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'almagest-bulk-'));
    service = await startService();
    const pointer = await readFile(join(await demoBucket(), CATALOG, 'latest.json'), 'utf8');
    ({ release } = JSON.parse(pointer) as Pointer);
    recipes = recipesIn(await readFile(DOCUMENT, 'utf8'));
  });
  after(async () => {
    await service?.close();
    await rm(folder, { recursive: true });
  });

  test('LSDB, hats and pyarrow', async (t) => {
    await runChecks(t, 'check_bulk.py', [service.url, join(await demoBucket(), CATALOG, release)]);
  });

  test('LSDB opens a collection, with its margin', (t) => {
    const table = tableOf([ID, RA, DEC]);
    return withTable(table, stars(3000), async (catalog) => {
      const manifest = await exported(catalog, table, { maxRows: 500, margin: 120 });
      const own = await startService({ bucketFolder: catalog.bucket });
      try {
        const url = `${own.url}/bulk/survey.stars/latest`;
        await runChecks(t, 'check_bulk_margin.py', [
          url,
          join(catalog.bucket, 'survey.stars', manifest.release),
        ]);
      } finally {
        await own.close();
      }
    });
  });

  test("the document's recipes are those of the catalogue's page", async () => {
    const page = await (await fetch(`${service.url}/bulk/${CATALOG}`)).text();
    const shown = recipesOn(page).map((recipe) => ({
      ...recipe,
      code: recipe.code
        .replaceAll(service.url, 'http://localhost:8787')
        .replaceAll(`${CATALOG}/${release}`, `${CATALOG}/latest`),
    }));
    assert.ok(shown.length >= 8);
    assert.deepEqual(recipes, shown);
  });

  test('the recipes run as they are shown', async (t) => {
    const python = process.env.ALMAGEST_TEST_PYTHON!;
    for (const { title, language, code } of recipes) {
      const here = code.replaceAll('http://localhost:8787', service.url);
      const [command, ...args] = language === 'python' ? [python, '-c'] : ['bash', '-e', '-c'];
      const env = { ...process.env, PATH: `${dirname(python)}:${process.env.PATH}`, COLUMNS: '200' };
      const { stdout } = await run(command!, [...args, here], { cwd: folder, env, timeout: 240_000 });
      const [, sign] = Object.entries(SIGNS).find(([start]) => title.startsWith(start)) ?? [];
      if (sign) assert.match(stdout, sign, title);
      t.diagnostic(title);
    }
    const selection = await readFile(join(folder, 'rows.parquet'));
    assert.equal(selection.subarray(-4).toString(), 'PAR1');
    await readFile(join(folder, 'region/hats.properties'));
  });
});
