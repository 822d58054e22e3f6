import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';
import { folderStorage } from '../../engine/storage/folder.ts';
import { appOver } from '../app.ts';
import { demoBucket } from '../demo-release.ts';
import { runStilts, skipWithoutStilts } from './clients.ts';

const CONE_SEARCH = fileURLToPath(new URL('conesearch.xsd', import.meta.url));

/** Root elements of the VOSI documents. */
const ROOTS = {
  availability: '{http://www.ivoa.net/xml/VOSIAvailability/v1.0}availability',
  capabilities: '{http://www.ivoa.net/xml/VOSICapabilities/v1.0}capabilities',
  tables: '{http://www.ivoa.net/xml/VOSITables/v1.0}tableset',
};

describe('VOSI documents against the schemas of the IVOA', { skip: skipWithoutStilts }, () => {
  let app: Hono;
  let empty: Hono;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'almagest-vosi-'));
    app = appOver(folderStorage(await demoBucket()));
    empty = appOver(folderStorage(join(folder, 'empty')));
  });
  after(() => rm(folder, { recursive: true }));

  async function validate(document: string, root: string): Promise<void> {
    const file = join(folder, 'document.xml');
    await writeFile(file, document);
    await runStilts('xsdvalidate', [
      `doc=${file}`,
      `topel=${root}`,
      'uselocals=true',
      `schemaloc=http://www.ivoa.net/xml/ConeSearch/v1.0=${CONE_SEARCH}`,
    ]);
  }

  for (const place of ['', '/scs/hipparcos.stars', '/scs/dso.objects']) {
    for (const [name, root] of Object.entries(ROOTS)) {
      test(`${place}/${name}`, async () => {
        const response = await app.request(`${place}/${name}`);
        assert.equal(response.status, 200);
        await validate(await response.text(), root);
      });
    }
  }

  test('/tables?detail=min', async () => {
    await validate(await (await app.request('/tables?detail=min')).text(), ROOTS.tables);
  });

  test('availability and capabilities of an empty service', async () => {
    await validate(await (await empty.request('/availability')).text(), ROOTS.availability);
    await validate(await (await empty.request('/capabilities')).text(), ROOTS.capabilities);
  });

  test('the validator sees a fault', async () => {
    const document = await (await app.request('/scs/dso.objects/capabilities')).text();
    const faulty = document.replace('<maxSR>', '<maxSR>wide ');
    assert.notEqual(faulty, document);
    await assert.rejects(validate(faulty, ROOTS.capabilities), /maxSR/);
  });
});
