import assert from 'node:assert/strict';
import test from 'node:test';
import { checkQuery } from '../../engine/adql/check/check.ts';
import { FUNCTIONS } from '../../engine/adql/functions/functions.ts';
import { parseAdql } from '../../engine/adql/parse.ts';
import { createEngine } from '../../engine/engine.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { TAP_SCHEMA_TABLES } from '../../engine/tap-schema/tables.ts';
import { demoBucket } from '../../test/demo-release.ts';
import { exampleQueries } from './examples.ts';

test('where a table has enumerations, an example lists them', async () => {
  const kernel = loadKernel();
  const storage = folderStorage(await demoBucket());
  const { catalogs } = createEngine({ storage, kernel, cacheBytes: 2 ** 20 });
  const release = (await catalogs.open('hipparcos.stars'))!;
  const { manifest } = release;
  const members = ['uJAVA', 'J0378'].map((name) => ({ name, description: null }));
  const table = { ...manifest.table, enumerations: [{ name: 'jplus', members }] };
  const idsOf = (releases: Parameters<typeof exampleQueries>[1]) =>
    exampleQueries(kernel, releases).map(({ id }) => id);
  assert.ok(!idsOf([release]).includes('enumerations'));
  const examples = exampleQueries(kernel, [{ ...release, manifest: { ...manifest, table } }]);
  const { description, query } = examples.find(({ id }) => id === 'enumerations')!;
  assert.match(description, /column\[jplus::"uJAVA"\]/);
  const { columns } = checkQuery(parseAdql(query), TAP_SCHEMA_TABLES, FUNCTIONS);
  assert.deepEqual(
    columns.map(({ name }) => name),
    ['table_name', 'enumeration_name', 'member_index', 'member_name', 'description'],
  );
});
