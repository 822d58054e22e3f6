import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { XMLParser } from 'fast-xml-parser';
import type { Hono } from 'hono';
import { folderStorage } from '../../engine/storage/folder.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import { appOver } from '../../test/app.ts';
import { demoBucket } from '../../test/demo-release.ts';
import { parseVotable } from '../../test/votable.ts';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  isArray: (name) => ['capability', 'schema', 'table', 'column', 'vosi:note'].includes(name),
});

// biome-ignore lint/suspicious/noExplicitAny: a document of whatever shape, which the assertions look into
type Document = any;

async function document(app: Hono, path: string): Promise<Document> {
  const response = await app.request(path);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type')!, /^text\/xml/);
  return parser.parse(await response.text());
}

describe('VOSI over the demo release', () => {
  let app: Hono;
  before(async () => {
    app = appOver(folderStorage(await demoBucket()), { MAX_RADIUS: '5', MAX_RECORDS: '321' });
  });

  async function conesOf(path: string): Promise<Document[]> {
    const { capability } = (await document(app, path))['vosi:capabilities'];
    return capability.filter((one: Document) => one.standardID === 'ivo://ivoa.net/std/ConeSearch');
  }

  test('capabilities of a catalogue: its cone search, with the limits of the service', async () => {
    const [cone, ...others] = await conesOf('http://vo.example/scs/hipparcos.stars/capabilities');
    assert.equal(others.length, 0);
    assert.equal(cone['xsi:type'], 'cs:ConeSearch');
    assert.equal(cone.interface['xsi:type'], 'vs:ParamHTTP');
    assert.equal(cone.interface.role, 'std');
    assert.deepEqual(cone.interface.accessURL, {
      '#text': 'http://vo.example/scs/hipparcos.stars?',
      use: 'base',
    });
    assert.equal(cone.maxSR, '5');
    assert.equal(cone.maxRecords, '321');
    assert.equal(cone.verbosity, 'true');
  });

  test('capabilities of the service: a cone search for each catalogue, and VOSI itself', async () => {
    const addresses = (await conesOf('http://vo.example/capabilities')).map(
      (cone) => cone.interface.accessURL['#text'],
    );
    assert.deepEqual(addresses, [
      'http://vo.example/scs/dso.objects?',
      'http://vo.example/scs/hipparcos.stars?',
    ]);
    const { capability } = (await document(app, 'http://vo.example/capabilities'))['vosi:capabilities'];
    const vosi = capability.filter((one: Document) => one.standardID?.includes('/VOSI#'));
    assert.deepEqual(
      vosi.map((one: Document) => one.interface.accessURL['#text']),
      ['capabilities', 'availability', 'tables'].map((name) => `http://vo.example/${name}`),
    );
    for (const one of vosi) assert.equal((await app.request(one.interface.accessURL['#text'])).status, 200);
  });

  test('capabilities of a dated release are of its own addresses', async () => {
    const answer = await app.request('/scs/hipparcos.stars?RA=1&DEC=1&SR=0');
    const release = answer.headers.get('almagest-release');
    const address = `http://vo.example/scs/hipparcos.stars@${release}`;
    const { capability } = (await document(app, `${address}/capabilities`))['vosi:capabilities'];
    const urls: string[] = capability.map((one: Document) => one.interface.accessURL['#text']);
    assert.ok(urls.includes(`${address}?`) && urls.includes(`${address}/moc`), urls.join());
    assert.ok(
      urls.every((url) => url.startsWith(address)),
      urls.join(),
    );
  });

  test('capabilities of a service with TAP name it', async () => {
    const path = 'http://vo.example/capabilities';
    const nowhere = { fetch: async () => new Response(null, { status: 404 }) };
    const withTap = appOver(folderStorage(await demoBucket()), {}, null, { tap: nowhere });
    const taps = async (from: Hono) =>
      (await document(from, path))['vosi:capabilities'].capability.filter(
        (one: Document) => one.standardID === 'ivo://ivoa.net/std/TAP',
      );
    const [tap] = await taps(withTap);
    assert.equal(tap['xsi:type'], 'tr:TableAccess');
    assert.equal(tap.interface.accessURL['#text'], 'http://vo.example/tap');
    assert.deepEqual(await taps(app), []);
  });

  test('capabilities name the searches around lists of positions', async () => {
    const path = 'http://vo.example/scs/hipparcos.stars/capabilities';
    const { capability } = (await document(app, path))['vosi:capabilities'];
    const list = capability.find((one: Document) => one.interface.queryType === 'POST').interface;
    assert.equal(list.accessURL['#text'], 'http://vo.example/scs/hipparcos.stars/cones');
    const names = list.param.map(({ name }: Document) => name);
    assert.deepEqual(names, ['POSITIONS', 'SR', 'NEAREST', 'UNMATCHED', 'VERB', 'MAXREC', 'RESPONSEFORMAT']);
  });

  test('capabilities name the MOC of each catalogue', async () => {
    for (const place of ['', '/scs/dso.objects', '/scs/hipparcos.stars']) {
      const { capability } = (await document(app, `http://vo.example${place}/capabilities`))[
        'vosi:capabilities'
      ];
      const urls = capability
        .filter((one: Document) => /MOC/.test(one.description))
        .map((one: Document) => one.interface.accessURL['#text']);
      assert.deepEqual(
        urls,
        ['dso.objects', 'hipparcos.stars']
          .map((name) => `http://vo.example/scs/${name}/moc`)
          .filter((url) => url.includes(place)),
      );
      for (const url of urls) assert.equal((await app.request(url)).status, 200);
    }
  });

  test('the test query finds rows', async () => {
    for (const cone of await conesOf('/capabilities')) {
      const { ra, dec, sr } = cone.testQuery;
      assert.equal(cone.interface.testQuery, `RA=${ra}&amp;DEC=${dec}&amp;SR=${sr}`.replaceAll('&amp;', '&'));
      const { pathname } = new URL(cone.interface.accessURL['#text']);
      const { rows } = parseVotable(
        await (await app.request(`${pathname}?RA=${ra}&DEC=${dec}&SR=${sr}`)).text(),
      );
      assert.ok(rows.length > 0, pathname);
    }
  });

  test('tables of the service: schemas, tables, rows and columns as the release has them', async () => {
    const { schema } = (await document(app, '/tables'))['vosi:tableset'];
    assert.deepEqual(
      schema.map(({ name }: Document) => name),
      ['dso', 'hipparcos'],
    );
    const [stars] = schema[1].table;
    assert.equal(stars.name, 'hipparcos.stars');
    assert.equal(stars.nrows, '118216');
    const id = stars.column.find(({ name }: Document) => name === 'source_id');
    assert.equal(id.ucd, 'meta.id;meta.main');
    assert.equal(id.dataType['#text'], 'long');
    const dec = stars.column.find(({ name }: Document) => name === 'dec');
    assert.equal(dec.unit, 'deg');
    assert.equal(dec.dataType['xsi:type'], 'vs:VOTableType');
  });

  test('tables of a catalogue, and detail=min without columns', async () => {
    const { schema } = (await document(app, '/scs/dso.objects/tables?DETAIL=min'))['vosi:tableset'];
    assert.deepEqual(
      schema.map(({ table }: Document) => table.map(({ name }: Document) => name)),
      [['dso.objects']],
    );
    assert.equal(schema[0].table[0].column, undefined);
    const wrong = await app.request('/tables?detail=medium');
    assert.equal(wrong.status, 400);
    assert.equal(await wrong.text(), 'detail "medium" is neither min nor max.\n');
  });

  test('availability names the releases', async () => {
    const service = (await document(app, '/availability'))['vosi:availability'];
    assert.equal(service['vosi:available'], 'true');
    assert.match(service['vosi:note'][1], /^hipparcos\.stars: release \d{4}-/);
    const catalog = (await document(app, '/scs/dso.objects/availability'))['vosi:availability'];
    assert.equal(catalog['vosi:available'], 'true');
  });

  test('404: an unknown catalogue', async () => {
    for (const name of ['availability', 'capabilities', 'tables']) {
      const response = await app.request(`/scs/dso.object/${name}`);
      assert.equal(response.status, 404);
      assert.match(await response.text(), /Did you mean dso\.objects\?/);
    }
  });

  test('PUBLIC_URL is the address in answers', async () => {
    const public_ = appOver(folderStorage(await demoBucket()), {
      PUBLIC_URL: 'https://vo.example.org/almagest/',
    });
    const text = await (await public_.request('http://10.0.0.7:8787/capabilities')).text();
    assert.match(text, />https:\/\/vo\.example\.org\/almagest\/scs\/dso\.objects\?</);
    assert.doesNotMatch(text, /10\.0\.0\.7/);
  });
});

describe('VOSI of a service in trouble', () => {
  let folder: string;
  const consoleError = console.error;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'almagest-trouble-'));
    // The service logs its own faults: here they are wanted, and kept out of the test's output.
    console.error = () => {};
  });
  after(async () => {
    console.error = consoleError;
    await rm(folder, { recursive: true });
  });

  test('an empty bucket: up, with nothing to search', async () => {
    const app = appOver(folderStorage(join(folder, 'empty')));
    const state = (await document(app, '/availability'))['vosi:availability'];
    assert.equal(state['vosi:available'], 'false');
    assert.match(state['vosi:note'][0], /No catalogue has been published yet/);
    assert.equal((await document(app, '/capabilities'))['vosi:capabilities'].capability.length, 3);
    assert.equal((await app.request('/tables')).status, 404);
  });

  test('one damaged catalogue does not hide the other', async () => {
    const bucket = join(folder, 'damaged');
    await cp(await demoBucket(), bucket, { recursive: true });
    await writeFile(join(bucket, 'dso.objects/latest.json'), '{');
    const app = appOver(folderStorage(bucket));
    const state = (await document(app, '/availability'))['vosi:availability'];
    assert.equal(state['vosi:available'], 'true');
    assert.match(state['vosi:note'][0], /^dso\.objects: The data of this release is damaged/);
    assert.match(state['vosi:note'][1], /^hipparcos\.stars: release/);
    const damaged = (await document(app, '/scs/dso.objects/availability'))['vosi:availability'];
    assert.equal(damaged['vosi:available'], 'false');
    assert.equal((await document(app, '/tables'))['vosi:tableset'].schema.length, 1);
    const page = await (await app.request('/')).text();
    assert.match(page, /dso\.objects<\/h2>\s*<p>This catalogue cannot be searched at the moment/);
    assert.match(page, /118,216/);
  });

  test('a bucket that cannot be read: not available, and 503', async () => {
    const fail = () => Promise.reject(new Error('EIO'));
    const broken: Storage = { ...folderStorage(folder), get: fail, list: fail };
    const app = appOver(broken);
    const state = (await document(app, '/availability'))['vosi:availability'];
    assert.equal(state['vosi:available'], 'false');
    assert.match(state['vosi:note'][0], /cannot reach its data/);
    for (const path of ['/', '/capabilities', '/tables']) assert.equal((await app.request(path)).status, 503);
  });
});
