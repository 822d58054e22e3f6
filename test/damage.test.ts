import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import {
  leafPath,
  type Manifest,
  manifestKey,
  type Pointer,
  pointerKey,
} from '../engine/catalog/manifest.ts';
import { folderStorage } from '../engine/storage/folder.ts';
import { demoBucket } from './demo-release.ts';
import { request } from './http.ts';
import { type RunningService, startService, startWranglerR2 } from './service.ts';
import { partitionPaths, type StoredRowGroup, storedRowGroups } from './stored-row-groups.ts';

const HOMES = [
  { name: 'bare workerd, folder', start: startService },
  { name: 'wrangler, R2', start: startWranglerR2 },
] as const;

interface DamagedRelease {
  /** Where an object of the release lies on the disk. */
  readonly file: (path: string) => string;
  readonly groups: readonly StoredRowGroup[];
}

/** Each damages a copy of the demo's deep-sky catalogue. */
const DAMAGES: Record<string, (release: DamagedRelease) => Promise<void>> = {
  'damaged.truncated': async ({ file, groups }) => {
    for (const { path, chunks } of groups.filter(({ group }) => group === 0)) {
      await truncate(file(path), chunks[0]!.offset + 100);
    }
  },
  'damaged.emptied': async ({ file, groups }) => {
    for (const { path } of groups) await truncate(file(path), 0);
  },
  'damaged.flipped': async ({ file, groups }) => {
    for (const { path, chunks } of groups) {
      for (const { offset, bytes } of chunks) await flip(file(path), offset + Math.floor(bytes / 2));
    }
  },
  'damaged.missing': async ({ file, groups }) => {
    for (const path of new Set(groups.map((group) => group.path))) await rm(file(path));
  },
  'damaged.index': async ({ file }) => {
    await flip(file(leafPath(0)), 2000);
  },
  'damaged.shorter': async ({ file }) => {
    await truncate(file(leafPath(0)), 2000);
  },
  'damaged.unindexed': async ({ file }) => {
    await rm(file(leafPath(0)));
  },
  'damaged.manifest': async ({ file }) => {
    await truncate(file('manifest.json'), 1000);
  },
  'damaged.unfinished': async ({ file }) => {
    await rm(file('manifest.json'));
  },
  'damaged.pointer': async ({ file }) => {
    await writeFile(file('../latest.json'), '{"release": 7');
  },
};

for (const home of HOMES) {
  describe(home.name, () => {
    let bucket: string;
    let service: RunningService;

    before(async () => {
      bucket = await mkdtemp(join(tmpdir(), 'almagest-damage-'));
      const demo = await demoBucket();
      await cp(demo, bucket, { recursive: true });
      for (const [name, damage] of Object.entries(DAMAGES)) {
        const { folder, manifest } = await copyCatalog(demo, 'dso.objects', bucket, name);
        const groups = await storedRowGroups(folderStorage(bucket), manifest);
        await damage({ file: (path) => join(folder, path), groups });
      }
      await damageLastRowGroup(demo, bucket, 'damaged.late');
      service = await home.start({ bucketFolder: bucket, variables: { MAX_RADIUS: '180' } });
    });

    after(async () => {
      await service.close();
      await rm(bucket, { recursive: true, force: true });
    });

    for (const name of Object.keys(DAMAGES)) {
      for (const format of ['votable', 'votable/b2', 'csv', 'json']) {
        test(`${name}: a cone search as ${format} is a 5xx VOTable that names the object`, async () => {
          const url = `${service.url}/scs/${name}?RA=10.68&DEC=41.27&SR=20&RESPONSEFORMAT=${format}`;
          const { status, headers, body } = await request(url);
          assert.ok(status >= 500, `${status}\n${body}`);
          assert.match(headers['content-type']!, /^text\/xml;content=x-votable/);
          assert.equal(headers['cache-control'], 'no-store');
          const text = body.toString('utf8');
          assert.match(text, /<INFO name="QUERY_STATUS" value="ERROR">/);
          assert.match(text, new RegExp(name.replace('.', '\\.')));
          assert.doesNotMatch(text, /<TD>|<STREAM|node_modules|\n\s+at /);
        });
      }
    }

    test('a healthy catalogue beside damaged ones answers', async () => {
      const answer = await request(`${service.url}/scs/dso.objects?RA=10.68&DEC=41.27&SR=1`);
      assert.equal(answer.status, 200);
      assert.match(answer.body.toString('utf8'), /<TD>/);
    });

    for (const format of ['votable', 'votable/b2', 'csv', 'tsv', 'json']) {
      test(`a fault met after thousands of rows of ${format} shows: in the document, or by a cut connection`, async () => {
        const ask = (catalog: string) =>
          request(`${service.url}/scs/${catalog}?RA=0&DEC=0&SR=180&MAXREC=1000000&RESPONSEFORMAT=${format}`);
        const whole = await ask('hipparcos.stars');
        assert.equal(whole.status, 200);
        const damaged = await ask('damaged.late').catch((error: NodeJS.ErrnoException) => error);
        if (damaged instanceof Error) {
          assert.equal(damaged.code, 'ECONNRESET');
          return;
        }
        assert.equal(damaged.status, 200);
        assert.ok(damaged.body.length > 1_000_000, `${damaged.body.length} bytes`);
        assert.match(
          damaged.body.toString('latin1'),
          /<INFO name="QUERY_STATUS" value="ERROR">[^<]+<\/INFO>\s*<\/RESOURCE>/,
        );
      });
    }

    test('a new release is answered without a restart, and a dated one stays', async () => {
      const { manifest } = await copyCatalog(await demoBucket(), 'dso.objects', bucket, 'swap.objects');
      await putFolder(service, bucket, 'swap.objects', manifest);
      const cone = 'RA=10.68&DEC=41.27&SR=1&RESPONSEFORMAT=csv';
      const ask = (address: string) => request(`${service.url}/scs/${address}?${cone}`);
      const first = await ask('swap.objects');
      assert.equal(first.headers['almagest-release'], manifest.release);

      const next = '2099-01-01';
      await cp(join(bucket, 'swap.objects', manifest.release), join(bucket, 'swap.objects', next), {
        recursive: true,
      });
      await putFolder(service, bucket, 'swap.objects', { ...manifest, release: next });
      const seen = await until(async () => {
        const { headers } = await ask('swap.objects');
        return headers['almagest-release'] === next;
      });
      assert.ok(seen, 'the new release is not answered');
      const second = await ask('swap.objects');
      assert.notEqual(second.headers.etag, first.headers.etag);
      assert.deepEqual(second.body, first.body);
      const dated = await ask(`swap.objects@${manifest.release}`);
      assert.equal(dated.headers['almagest-release'], manifest.release);
    });
  });

  test(`${home.name}: an empty bucket`, async () => {
    const bucket = await mkdtemp(join(tmpdir(), 'almagest-empty-'));
    const service = await home.start({ bucketFolder: bucket });
    try {
      const front = await request(`${service.url}/`);
      assert.equal(front.status, 200);
      assert.match(front.body.toString('utf8'), /almagest publish|almagest load/);
      const cone = await request(`${service.url}/scs/hipparcos.stars?RA=1&DEC=1&SR=1`);
      assert.equal(cone.status, 404);
      assert.match(cone.body.toString('utf8'), /value="ERROR">No catalogue has been published yet/);
      for (const path of ['/availability', '/capabilities']) {
        assert.equal((await request(service.url + path)).status, 200, path);
      }
      // A tableset without a schema would be invalid (VODataService 1.2).
      assert.equal((await request(`${service.url}/tables`)).status, 404);
    } finally {
      await service.close();
      await rm(bucket, { recursive: true, force: true });
    }
  });
}

async function copyCatalog(
  demo: string,
  catalog: string,
  bucket: string,
  name: string,
): Promise<{ folder: string; manifest: Manifest }> {
  const { release } = JSON.parse(await readFile(join(demo, pointerKey(catalog)), 'utf8')) as Pointer;
  const folder = join(bucket, name, release);
  await mkdir(join(bucket, name), { recursive: true });
  await cp(join(demo, catalog, release), folder, { recursive: true });
  const original = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const [schema, table] = name.split('.') as [string, string];
  const manifest = { ...original, catalog: name, table: { ...original.table, schema, name: table } };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(join(bucket, pointerKey(name)), JSON.stringify({ release, published: manifest.created }));
  return { folder, manifest };
}

/** Everything before it can be answered. */
async function damageLastRowGroup(demo: string, bucket: string, name: string): Promise<void> {
  const { folder, manifest } = await copyCatalog(demo, 'hipparcos.stars', bucket, name);
  const { path, chunks } = (await storedRowGroups(folderStorage(bucket), manifest)).at(-1)!;
  await flip(join(folder, path), chunks[0]!.offset + 50);
}

/** Publishes a release that lies in the folder, in the order in which an export does it. */
async function putFolder(
  service: RunningService,
  bucket: string,
  name: string,
  manifest: Manifest,
): Promise<void> {
  const { release, leaves } = manifest;
  const paths = await partitionPaths(folderStorage(bucket), manifest);
  for (const path of [...paths, ...leaves.map((_, leaf) => leafPath(leaf))]) {
    const key = `${name}/${release}/${path}`;
    await service.put(key, await readFile(join(bucket, key)));
  }
  await service.put(manifestKey(name, release), Buffer.from(JSON.stringify(manifest)));
  const pointer: Pointer = { release, published: new Date().toISOString() };
  await service.put(pointerKey(name), Buffer.from(JSON.stringify(pointer)));
}

async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at]! ^= 0xff;
  await writeFile(path, bytes);
}

/** Whether it comes true within a minute. */
async function until(condition: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}
