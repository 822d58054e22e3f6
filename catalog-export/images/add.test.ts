import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { type HeaderEntry, writeImage } from '../../engine/fits/index.ts';
import { readDataset } from '../../engine/images/read-dataset.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { parseMapping } from './mapping.ts';
import { removeImage } from './remove.ts';
import { didOf, type TestArchive, withArchive } from './test-archive.ts';
import { extensionsFile, HEADER, HEIGHT, imageFile, WCS, WIDTH } from './test-images.ts';

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

async function obscore({ client }: TestArchive, did: string): Promise<Record<string, unknown> | undefined> {
  const exists = await client.query(`SELECT to_regclass('ivoa.obscore') IS NOT NULL AS there`);
  if (!exists.rows[0].there) return undefined;
  const { rows } = await client.query('SELECT * FROM ivoa.obscore WHERE obs_publisher_did = $1', [did]);
  return rows[0];
}

test('an image gets a row of ObsCore, its file and pictures in the bucket, and a document', () =>
  withArchive(async (archive) => {
    const bytes = imageFile();
    const path = await archive.file('night1/cosmos r.fits', bytes);
    const [added] = await archive.add([path]);
    const did = didOf('cosmos%20r');
    assert.deepEqual([added!.outcome, added!.reason], ['added', null]);
    assert.deepEqual(
      added!.images.map((image) => image.did),
      [did],
    );

    const dataset = (await readDataset(archive.storage, did))!;
    assert.equal(dataset.file.key, 'images/files/survey/cosmos_r.fits');
    assert.equal(dataset.file.sha256, createHash('sha256').update(bytes).digest('hex'));
    assert.deepEqual(await archive.storage.get(dataset.file.key), bytes);
    for (const picture of [dataset.preview!, dataset.thumbnail!]) {
      const content = (await archive.storage.get(picture.key))!;
      assert.equal(content.length, picture.bytes);
      assert.deepEqual([...content.subarray(0, 3)], [0xff, 0xd8, 0xff]);
      assert.deepEqual([picture.width, picture.height], [WIDTH, HEIGHT]);
    }
    assert.deepEqual([dataset.hdu.index, dataset.hdu.kind, dataset.primary], [0, 'image', null]);
    assert.equal(dataset.hdu.dataOffset % 2880, 0);
    assert.match(dataset.moc, /^\d+\/\d/);

    const row = (await obscore(archive, did))!;
    const { observation } = dataset;
    for (const [name, value] of Object.entries(observation)) {
      // pg gives 64-bit integers as texts.
      const stored = typeof value === 'number' ? Number(row[name]) : row[name];
      assert.deepEqual(stored, value, name);
    }
    assert.equal(row.access_url, `datalink/links?ID=${encodeURIComponent(did)}`);
    assert.equal(row.access_format, 'application/x-votable+xml;content=datalink');
    assert.deepEqual(
      [
        observation.obs_title,
        observation.em_filter_name,
        observation.facility_name,
        observation.instrument_name,
      ],
      ['COSMOS, SDSS r, T80', 'SDSS r', 'T80', 'T80Cam'],
    );
    assert.deepEqual(
      [observation.t_min, observation.t_max, observation.t_exptime],
      [61000.5, 61000.501, 86.4],
    );
    assert.ok(Math.abs(observation.s_ra - 150) < 1e-9 && Math.abs(observation.s_dec - 2) < 1e-9);
    assert.ok(Math.abs(observation.s_pixel_scale - 60) < 1e-3);
    // The diagonal of 40 by 30 arcminutes.
    assert.ok(Math.abs(observation.s_fov - 50 / 60) < 1e-4);
  }));

test('what was added before is left alone, told anew where the mapping changes, and replaced where the file does', () =>
  withArchive(async (archive) => {
    const path = await archive.file('m31.fits', imageFile());
    const did = didOf('m31');
    const outcome = async (context = {}) => (await archive.add([path], context))[0]!.outcome;
    assert.equal(await outcome(), 'added');
    const first = (await readDataset(archive.storage, did))!;
    const { mtimeMs } = await stat(join(archive.bucket, first.file.key));
    assert.equal(await outcome(), 'unchanged');

    const mapping = parseMapping('{"values": {"obs_title": "Andromeda"}}');
    assert.equal(await outcome({ mapping }), 'updated');
    assert.equal((await readDataset(archive.storage, did))!.observation.obs_title, 'Andromeda');
    assert.equal((await obscore(archive, did))!.obs_title, 'Andromeda');
    assert.equal((await stat(join(archive.bucket, first.file.key))).mtimeMs, mtimeMs);

    await archive.file('m31.fits', imageFile(HEADER, 1));
    assert.equal(await outcome(), 'replaced');
    const second = (await readDataset(archive.storage, did))!;
    assert.notEqual(second.file.key, first.file.key);
    assert.match(second.file.name, /^m31-[0-9a-f]{12}\.fits$/);
    assert.deepEqual(await archive.storage.get(second.file.key), imageFile(HEADER, 1));
    assert.equal(await archive.storage.get(first.file.key), null);
    assert.equal(await archive.storage.get(first.preview!.key), null);
    assert.equal((await filesIn(archive.bucket)).length, 4);
  }));

test('files of one name in different folders have keys of their own', () =>
  withArchive(async (archive) => {
    const mapping = parseMapping('{"files": {"a/*": {"obs_id": "a-1"}, "b/*": {"obs_id": "b-1"}}}');
    await archive.file('a/1.fits', imageFile());
    await archive.file('b/1.fits', imageFile(HEADER, 1));
    const added = await archive.add([archive.path('')], { mapping });
    assert.deepEqual(
      added.map(({ outcome }) => outcome),
      ['added', 'added'],
    );
    const keys = await Promise.all(
      ['a-1', 'b-1'].map(async (name) => (await readDataset(archive.storage, didOf(name)))!.file.key),
    );
    assert.equal(new Set(keys).size, 2);
  }));

test('each image of a file with extensions is a dataset; one without a WCS is none', () =>
  withArchive(async (archive) => {
    const green: readonly HeaderEntry[] = [['EXTNAME', 'SCI'], ['FILTER', 'g'], ...WCS];
    const mask: readonly HeaderEntry[] = [['EXTNAME', 'MASK']];
    const path = await archive.file('mosaic.fits', extensionsFile([green, mask, HEADER]));
    const [added] = await archive.add([path]);
    assert.deepEqual(
      added!.images.map(({ did }) => did),
      [`${didOf('mosaic')}#1`, `${didOf('mosaic')}#3`],
    );
    const [first, third] = await Promise.all(
      added!.images.map(async ({ did }) => (await readDataset(archive.storage, did))!),
    );
    assert.equal(first!.file.key, third!.file.key);
    assert.equal(first!.file.mediaType, 'application/fits');
    assert.match(first!.primary!, /TELESCOP= 'T80/);
    // From the primary header, which serves all.
    assert.equal(first!.observation.facility_name, 'T80');
    assert.equal(first!.observation.t_min, 61365.5);
    assert.equal(third!.observation.t_min, 61000.5);

    assert.equal(await removeImage(archive.client, archive.storage, first!.did), true);
    assert.equal(await readDataset(archive.storage, first!.did), null);
    assert.equal(await obscore(archive, first!.did), undefined);
    assert.notEqual(await archive.storage.get(third!.file.key), null);
    assert.equal(await removeImage(archive.client, archive.storage, third!.did), true);
    assert.equal(await removeImage(archive.client, archive.storage, third!.did), false);
    assert.deepEqual(await filesIn(archive.bucket), []);
  }));

test('a file that is compressed as a whole is unpacked', () =>
  withArchive(async (archive) => {
    const path = await archive.file('m31.fits.gz', gzipSync(imageFile()));
    const damaged = await archive.file('m33.fits.gz', gzipSync(imageFile()).subarray(0, 500));
    const [added, refused] = await archive.add([path, damaged]);
    assert.equal(added!.outcome, 'added');
    const { file } = (await readDataset(archive.storage, didOf('m31')))!;
    assert.deepEqual([file.name, file.bytes], ['m31.fits', imageFile().length]);
    assert.match(refused!.reason!, /cannot be decompressed \(unexpected end of file\)/);
  }));

test('a file that cannot be published is refused with the reason, and the others are added', () =>
  withArchive(async (archive) => {
    const good = await archive.file('good.fits', imageFile());
    const whole = imageFile(HEADER, 2);
    const bad: [path: string, reason: RegExp][] = [
      [await archive.file('text.fits', 'RA DEC\n1 2\n'), /not a FITS file/],
      [await archive.file('empty.fits', ''), /not a FITS file: it is empty/],
      [
        await archive.file('truncated.fits', whole.subarray(0, whole.length - 2000)),
        /truncated.*bytes are missing/,
      ],
      [await archive.file('header.fits', whole.subarray(0, 1000)), /no END card/],
      [
        await archive.file('noWcs.fits', imageFile([['OBJECT', 'M 13']])),
        /no coordinates of the sky.*CTYPE1/,
      ],
      [await archive.file('table.fits', extensionsFile([])), /has no image/],
      [archive.path('absent.fits'), /^there is no such file$/],
      [
        await archive.file('notes/read.me', 'x').then(() => archive.path('notes')),
        /the folder has no FITS files/,
      ],
    ];
    const results = await archive.add([...bad.map(([path]) => path), good]);
    for (const [at, [path, reason]] of bad.entries()) {
      assert.equal(results[at]!.file, path);
      assert.equal(results[at]!.outcome, 'refused', path);
      assert.match(results[at]!.reason!, reason);
    }
    assert.equal(results.at(-1)!.outcome, 'added');
    assert.equal((await filesIn(archive.bucket)).length, 4);
  }));

test(
  'a file that may not be read is refused',
  { skip: process.getuid?.() === 0 && 'root may read all' },
  () =>
    withArchive(async (archive) => {
      const path = await archive.file('secret.fits', imageFile());
      await chmod(path, 0);
      assert.match((await archive.add([path]))[0]!.reason!, /may not be read by this user/);
    }),
);

test('keywords that are missing or no values are unknown, and told', () =>
  withArchive(async (archive) => {
    const path = await archive.file('bare.fits', imageFile(WCS));
    const odd = await archive.file(
      'odd.fits',
      imageFile([
        ['DATE-OBS', 'last night'],
        ['EXPTIME', Number.NaN],
        ['MJD-OBS', 'NaN'],
        ['FILTER', ''],
        ...WCS,
      ]),
    );
    const [bare, strange] = await archive.add([path, odd]);
    for (const { images, outcome } of [bare!, strange!]) {
      assert.equal(outcome, 'added');
      const { t_min, t_exptime, em_min, em_filter_name, facility_name, target_name } = images[0]!.observation;
      const values = [t_min, t_exptime, em_min, em_filter_name, facility_name, target_name];
      assert.deepEqual(
        values,
        values.map(() => null),
      );
    }
    assert.deepEqual(bare!.images[0]!.notes, []);
    assert.deepEqual(strange!.images[0]!.notes, [
      "MJD-OBS = 'NaN' is no number",
      "DATE-OBS = 'last night' is no date",
    ]);
    assert.equal(strange!.images[0]!.observation.obs_title, 'odd');
  }));

test('the second file of an identifier in one run is refused', () =>
  withArchive(async (archive) => {
    await archive.file('a/m31.fits', imageFile());
    await archive.file('b/m31.fits', imageFile(HEADER, 1));
    const [first, second] = await archive.add([archive.path('')]);
    assert.deepEqual([first!.outcome, second!.outcome], ['added', 'refused']);
    assert.match(
      second!.reason!,
      /its identifier ivo:.*m31 is that of .*a\/m31\.fits.*"obs_id" in a mapping.*"b\/m31\.fits"/,
    );
    assert.deepEqual(await archive.storage.get('images/files/survey/m31.fits'), imageFile());
  }));

/** A bucket that refuses the nth write and all after it. */
function refusing(storage: Storage, nth: number): Storage & { readonly refused: () => boolean } {
  let writes = 0;
  const guarded =
    <Args extends unknown[]>(write: (...args: Args) => Promise<void>) =>
    async (...args: Args): Promise<void> => {
      writes += 1;
      if (writes >= nth) throw new Error('the disk is full');
      return write(...args);
    };
  return {
    ...storage,
    put: guarded(storage.put),
    putStream: guarded(storage.putStream),
    refused: () => writes >= nth,
  };
}

test('a bucket that refuses any write leaves nothing published, and the next add succeeds', () =>
  withArchive(async (archive) => {
    const path = await archive.file('m31.fits', imageFile());
    const did = didOf('m31');
    let refusals = 0;
    for (let nth = 1; ; nth += 1) {
      const storage = refusing(archive.storage, nth);
      const adding = archive.add([path], { storage });
      if (nth < 5) await assert.rejects(adding, /the disk is full/);
      else await adding;
      if (!storage.refused()) break;
      refusals += 1;
      assert.equal(await readDataset(archive.storage, did), null);
    }
    // The file, two pictures, the document.
    assert.equal(refusals, 4);
    assert.notEqual(await readDataset(archive.storage, did), null);
    assert.equal((await archive.add([path]))[0]!.outcome, 'unchanged');
    assert.equal((await filesIn(archive.bucket)).length, 4);
  }));

test('where the rows cannot be written nothing is published', () =>
  withArchive(async (archive) => {
    const path = await archive.file('m31.fits', imageFile());
    await archive.add([await archive.file('first.fits', imageFile(HEADER, 1))]);
    await archive.client.query(
      'ALTER TABLE almagest.images ADD CHECK (length(obs_publisher_did) > 1000) NOT VALID',
    );
    await assert.rejects(archive.add([path]), /violates check constraint/);
    assert.equal(await readDataset(archive.storage, didOf('m31')), null);
    assert.equal(await obscore(archive, didOf('m31')), undefined);
    assert.notEqual(await obscore(archive, didOf('first')), undefined);
  }));

test('two that change images do not meet', () =>
  withArchive(async (archive) => {
    const path = await archive.file('m31.fits', imageFile());
    const { database, host, port, user, password } = archive.client;
    const other = new pg.Client({ database, host, port, user, password } as object);
    await other.connect();
    try {
      await other.query('SELECT pg_advisory_lock($1)', [0x696d6773]);
      await assert.rejects(archive.add([path]), /another command is changing the images/);
    } finally {
      await other.end();
    }
  }));

test('a large file goes to the bucket as it is', () =>
  withArchive(async (archive) => {
    const data = new Int16Array(1000 * 1200).map((_, at) => at % 512);
    const wide: HeaderEntry[] = HEADER.map((entry) =>
      entry[0] === 'CDELT1' ? ['CDELT1', -1 / 6000] : entry,
    );
    const bytes = writeImage(wide, data, [1000, 1200]);
    await archive.add([await archive.file('large.fits', bytes)]);
    const { file, preview, thumbnail } = (await readDataset(archive.storage, didOf('large')))!;
    assert.ok((await readFile(join(archive.bucket, file.key))).equals(bytes));
    assert.ok(Math.max(preview!.width, preview!.height) <= 1024);
    assert.ok(Math.max(thumbnail!.width, thumbnail!.height) <= 200);
  }));

test('a cube is looked at in its middle, and where nothing has a value there is no picture', () =>
  withArchive(async (archive) => {
    const plane = WIDTH * HEIGHT;
    const cube = new Float32Array(3 * plane).fill(Number.NaN);
    cube.fill(1, plane, 2 * plane);
    const axis: HeaderEntry[] = [
      ['CTYPE3', 'FREQ'],
      ['CUNIT3', 'Hz'],
      ['CRVAL3', 1.4e9],
      ['CRPIX3', 2],
      ['CDELT3', 1e6],
    ];
    const entries = [...WCS, ...axis];
    await archive.file('cube.fits', writeImage(entries, cube, [WIDTH, HEIGHT, 3]));
    await archive.file('nothing.fits', writeImage(WCS, cube.subarray(0, plane), [WIDTH, HEIGHT]));
    await archive.add([archive.path('')]);
    const { preview, observation } = (await readDataset(archive.storage, didOf('cube')))!;
    assert.notEqual(preview, null);
    const { dataproduct_type, em_xel, em_min, em_max, em_res_power } = observation;
    assert.deepEqual([dataproduct_type, em_xel], ['cube', 3]);
    // c / 1.4015 GHz and c / 1.3985 GHz
    assert.ok(Math.abs(em_min! - 0.213908) < 1e-6 && Math.abs(em_max! - 0.214367) < 1e-6);
    assert.ok(Math.abs(em_res_power! - 1400) < 1);
    assert.equal((await readDataset(archive.storage, didOf('nothing')))!.preview, null);
  }));
