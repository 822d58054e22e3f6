import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Enumeration } from '../../engine/catalog/table.ts';
import { startTestDatabase, withMigratedDatabase } from '../../test/postgres.ts';
import { readTable } from '../database/tap-schema.ts';
import type { CatalogOptions } from './describe.ts';
import { parseEnumerations } from './enumerations.ts';
import { publishTable } from './publish.ts';

const server = await startTestDatabase();
after(() => server.close());

const JPLUS = parseEnumerations(['jplus = uJAVA, J0378,gSDSS']);

const options = (enumerations: readonly Enumeration[]): CatalogOptions => ({
  main: {},
  columns: null,
  description: null,
  metadata: new Map(),
  enumerations,
  replace: true,
});

test('an enumeration is written as a name and those of its members', () => {
  assert.deepEqual(JPLUS, [
    {
      name: 'jplus',
      members: ['uJAVA', 'J0378', 'gSDSS'].map((name) => ({ name, description: null })),
    },
  ]);
  for (const [texts, problem] of [
    [['jplus'], /^"jplus" is no enumeration: it is written name=first,second,…/],
    [['=a,b'], /is no enumeration/],
    [['jplus='], /is no enumeration/],
    [['jplus=a,,b'], /is no enumeration/],
    [['jplus=a,b,A'], /^two members of jplus are called "A", apart from capitals$/],
    [['jplus=a', 'JPLUS=b'], /^two enumerations are called "JPLUS"/],
  ] as const) {
    assert.throws(() => parseEnumerations(texts), { message: problem });
  }
});

test('a table is published with its enumerations, which are as long as its arrays', () =>
  withMigratedDatabase(server, async (client) => {
    await client.query(`CREATE SCHEMA survey; CREATE TABLE survey.objects AS
      SELECT 1 AS id, 10.5::float8 AS ra, 20.5::float8 AS dec, '{17.5,18,19}'::real[] AS mag`);
    await publishTable(client, 'survey.objects', options(JPLUS));
    assert.deepEqual((await readTable(client, 'survey.objects'))!.enumerations, JPLUS);
    await assert.rejects(publishTable(client, 'survey.objects', options(parseEnumerations(['short=a,b']))), {
      message:
        /^the enumeration short has 2 members, and no array of survey\.objects has so many elements: there are mag \(3\)$/,
    });
    await publishTable(client, 'survey.objects', options([]));
    assert.equal((await readTable(client, 'survey.objects'))!.enumerations, undefined);
  }));
