import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bytesSource, openImage, overview, readHdus } from '../../engine/fits/index.ts';
import { loadFitsKernel } from '../../engine/fits-wasm/node.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import { readDataset } from '../../engine/images/read-dataset.ts';
import { folderStorage } from '../../engine/storage/folder.ts';
import { startTestDatabase, type TestDatabase, withMigratedDatabase } from '../../test/postgres.ts';
import { removeImage } from '../images/remove.ts';
import { type DemoImagesOptions, loadDemoImages } from './load-images.ts';

let server: TestDatabase;
let folder: string;

before(async () => {
  server = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'almagest-demo-images-'));
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const DID = 'ivo://almagest.example/demo?pleiades-v';

test('the demo has simulated plates, made once and the same each time', () =>
  withMigratedDatabase(server, async (client) => {
    const digests: string[] = [];
    let loads = 0;
    const options = (bucket: string): DemoImagesOptions => ({
      client,
      storage: folderStorage(join(folder, bucket)),
      kernel: loadKernel(),
      loadFits() {
        loads += 1;
        return loadFitsKernel();
      },
      authority: 'almagest.example',
      progress: { start() {}, advance() {}, done() {} },
    });
    const first = options('first');
    await loadDemoImages(first);
    const { rows } = await client.query(
      'SELECT obs_title, em_filter_name, t_min, facility_name FROM ivoa.obscore ORDER BY obs_publisher_did',
    );
    assert.equal(rows.length, 7);
    for (const { obs_title, facility_name } of rows) {
      assert.match(obs_title, /^Simulated plate: /);
      assert.match(facility_name, /simulation/);
    }
    assert.equal(new Set(rows.map(({ em_filter_name }) => em_filter_name)).size, 2);
    assert.equal(new Set(rows.map(({ t_min }) => Math.floor(t_min))).size, 4);

    const dataset = (await readDataset(first.storage, DID))!;
    digests.push(dataset.file.sha256);
    assert.match(dataset.hdu.cards, /COMMENT SIMULATED: no telescope took this image\./);
    assert.equal(dataset.links[0]!.semantics, '#progenitor');
    assert.ok(dataset.preview !== null && dataset.thumbnail !== null);
    const compressed = await readDataset(first.storage, 'ivo://almagest.example/demo?ursa-major-b');
    assert.equal(compressed!.hdu.kind, 'compressed');

    await loadDemoImages(first);
    assert.equal(loads, 1, 'nothing is made again');
    await removeImage(client, first.storage, 'ivo://almagest.example/demo?orion-b');
    await loadDemoImages(first);
    assert.equal(loads, 1, 'what was removed does not come back');

    const second = options('second');
    await loadDemoImages(second);
    assert.equal(loads, 2, 'a new bucket is filled');
    digests.push((await readDataset(second.storage, DID))!.file.sha256);
    assert.equal(digests[0], digests[1]);
    assert.equal(await readDataset(second.storage, 'ivo://almagest.example/demo?orion-b'), null);

    const bytes = (await second.storage.get(dataset.file.key))!;
    assert.equal(createHash('sha256').update(bytes).digest('hex'), digests[0]);
    const source = bytesSource('plate', bytes);
    const image = openImage((await readHdus(source))[0]!);
    const { pixels, width } = await overview(loadFitsKernel(), source, image, 1024);
    // Alcyone (56.8712, 24.1051) is at (280.385, 298.398) by astropy's WCS, the first pixel being 1.
    assert.equal(pixels[297 * width + 279], 32_767);
    const sorted = pixels.slice().sort();
    assert.ok(Math.abs(sorted[sorted.length / 2]! - 220) <= 2, 'most of it is sky');
  }));
