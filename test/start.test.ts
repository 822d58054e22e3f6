import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { freePort } from '../cli/postgres/server.ts';
import { bundleWorkers } from '../cli/service/bundle.ts';
import packageJson from '../package.json' with { type: 'json' };
import { almagest, npm, processesOf, until, workerdOf } from './almagest.ts';
import { demoBucket } from './demo-release.ts';
import { type Answer, request } from './http.ts';
import { startTestDatabase, withTestDatabase } from './postgres.ts';
import { bundlesFolder } from './service.ts';

const READY = /Front page\s+(http:\S+)\//;

/** A data folder with the workers' bundles, so that not every test has to make them. */
async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-start-'));
  await bundleWorkers(bundlesFolder);
  await symlink(bundlesFolder, join(folder, 'worker'));
  try {
    await work(folder);
    assert.ok(await until(() => processesOf(folder).length === 0), processesOf(folder).join('\n'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  return request(`${url}/scs/hipparcos.stars?RA=101.287&DEC=-16.716&SR=0.5`).then(
    ({ status, body }) => status === 200 && body.includes('<TD>32349</TD>'),
    () => false,
  );
}

const COUNT = 'SELECT COUNT(*) FROM dso.objects';

/** A query, and the engine that is to answer it. */
function tap(url: string, QUERY: string, ENGINE = ''): Promise<Answer> {
  return request(`${url}/tap/sync?${new URLSearchParams({ LANG: 'ADQL', FORMAT: 'csv', QUERY, ENGINE })}`);
}

describe('one data folder, started again and again', { concurrency: false }, () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'almagest-start-'));
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const start = (env: Record<string, string> = {}) =>
    almagest(['start'], { ALMAGEST_DATA: folder, PORT: '0', ...env });

  test('a start that is stopped half-way leaves no process behind', async () => {
    const run = start();
    await run.printed(/Loaded hipparcos\.stars/);
    assert.equal(await run.stop('SIGINT'), 0);
    assert.doesNotMatch(run.output(), READY);
    assert.deepEqual(processesOf(folder), []);
  });

  test('the first start loads, exports and prints addresses that answer', async () => {
    const run = start();
    const [, url] = await run.printed(READY);
    await run.printed(/dso\.objects: release \S+, 15,806 rows/);
    await run.printed(/hipparcos\.stars: release \S+, 118,216 rows/);
    await run.printed(/ivoa\.obscore: release \S+, 7 rows\n\n/);
    const printed = run.output().match(/http:\/\/\S+/g)!;
    assert.equal(printed.length, 6);
    for (const address of printed) {
      const { status, body } = await request(address);
      assert.equal(status, 200, address);
      if (/\/(scs|sia2)\//.test(address)) assert.match(body.toString('utf8'), /<TD>/, address);
    }
    assert.ok(await answers(url!));
    assert.equal(await run.stop('SIGTERM'), 0);
    assert.deepEqual(processesOf(folder), []);
  });

  test('the second start loads and exports nothing', async () => {
    const run = start();
    const [, url] = await run.printed(READY);
    assert.doesNotMatch(run.output(), /Loaded|Rendered|Exported|warning/);
    assert.ok(await answers(url!));
    assert.equal(await run.stop('SIGINT'), 0);
    assert.match(run.output(), /Stopping\.\n$/);
    assert.deepEqual(processesOf(folder), []);
  });

  test('a release of an earlier version is made anew', async () => {
    const pointer = join(folder, 'bucket', 'dso.objects', 'latest.json');
    const { release } = JSON.parse(await readFile(pointer, 'utf8'));
    const manifest = join(folder, 'bucket', 'dso.objects', release, 'manifest.json');
    await writeFile(manifest, JSON.stringify({ version: 1 }));
    const run = start();
    const [, url] = await run.printed(READY);
    assert.match(run.output(), /Exported dso\.objects/);
    assert.doesNotMatch(run.output(), /Exported hipparcos\.stars/);
    assert.equal((await request(`${url}/scs/dso.objects?RA=10.68&DEC=41.27&SR=1`)).status, 200);
    assert.equal(await run.stop('SIGINT'), 0);
  });

  test('npm start ends in good order when only npm is told to', async () => {
    const run = npm(['start'], { ALMAGEST_DATA: folder, PORT: '0' });
    await run.printed(READY);
    await run.stop('SIGTERM');
    assert.ok(await until(() => processesOf(folder).length === 0), processesOf(folder).join('\n'));
    assert.match(run.output(), /Stopping\.\n$/);
  });

  test('Ctrl-C that reaches the program twice, as it does below npm, leaves no process behind', async () => {
    const run = start();
    await run.printed(READY);
    run.child.kill('SIGINT');
    await run.printed(/Stopping\./);
    assert.equal(await run.stop('SIGINT'), 0);
    assert.deepEqual(processesOf(folder), []);
  });

  test('after kill -9 the port is free and the next start serves', async () => {
    const PORT = String(await freePort());
    const killed = start({ PORT });
    const [, url] = await killed.printed(READY);
    await killed.stop('SIGKILL');
    assert.ok(await until(() => !processesOf(folder).some((line) => line.includes('workerd'))));

    const run = start({ PORT });
    await run.printed(READY);
    assert.ok(await answers(url!));
    assert.equal(await run.stop(), 0);
    assert.deepEqual(processesOf(folder), []);
  });

  test('a workerd that dies is replaced on the same port', async () => {
    const run = start();
    const [, url] = await run.printed(READY);
    process.kill(workerdOf(folder, 'edge'), 'SIGKILL');
    await run.printed(/the service ended by itself \(signal 9\); it starts again/);
    assert.ok(await until(() => answers(url!)));
    assert.equal(await run.stop(), 0);
    assert.deepEqual(processesOf(folder), []);
  });

  test('a TAP worker that dies is replaced, and cones are answered meanwhile', async () => {
    const run = start();
    const [, url] = await run.printed(READY);
    assert.equal((await tap(url!, COUNT)).status, 200);
    process.kill(workerdOf(folder, 'tap'), 'SIGKILL');
    await run.printed(/the TAP worker ended by itself \(signal 9\); it starts again/);
    assert.ok(await answers(url!));
    assert.ok(await until(async () => (await tap(url!, COUNT)).status === 200));
    assert.equal(await run.stop(), 0);
    assert.deepEqual(processesOf(folder), []);
  });

  test('an embedded PostgreSQL that dies starts again, and TAP finds it', async () => {
    const run = start();
    const [, url] = await run.printed(READY);
    const postmaster = await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8');
    process.kill(Number.parseInt(postmaster, 10), 'SIGKILL');
    await run.printed(/PostgreSQL has closed the connection: it starts again/);
    assert.ok(await answers(url!));
    await run.printed(/PostgreSQL answers again\./);
    const { status, headers, body } = await tap(url!, COUNT, 'postgresql');
    assert.equal(status, 200, body.toString('utf8'));
    assert.equal(headers['almagest-engine'], 'postgresql');
    assert.equal(await run.stop(), 0);
    assert.deepEqual(processesOf(folder), []);
  });

  test('an export that runs beside the service is answered with no restart', async () => {
    const run = start();
    const [, url] = await run.printed(READY);
    const cone = `${url}/scs/dso.objects?RA=10.68&DEC=41.27&SR=1`;
    const before = (await request(cone)).headers['almagest-release'];
    const exporting = almagest(['export', '--full', 'dso.objects'], { ALMAGEST_DATA: folder });
    assert.equal(await exporting.ended, 0, exporting.output());
    assert.ok(await until(async () => (await request(cone)).headers['almagest-release'] !== before));
    assert.equal(await run.stop(), 0);
  });
});

test('a port in use is said before anything is done', () =>
  withFolder(async (folder) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      for (const command of ['start', 'dev']) {
        const run = almagest([command], { ALMAGEST_DATA: join(folder, 'data'), PORT: String(port) });
        assert.equal(await run.ended, 1);
        assert.match(
          run.output(),
          new RegExp(`^almagest: port ${port} of 127\\.0\\.0\\.1 is in use: .*PORT=\\d+`),
        );
        assert.equal(run.output().trim().split('\n').length, 1);
        assert.deepEqual(await readdir(folder), ['worker']);
      }
    } finally {
      server.close();
    }
  }));

const WRONG_SETTINGS: readonly [Record<string, string>, RegExp][] = [
  [{ PORT: '99999' }, /^almagest: PORT=99999 is not a port number/],
  [
    { ALMAGEST_HOST: '192.0.2.1' },
    /^almagest: 192\.0\.2\.1 is not an address of this machine: set ALMAGEST_HOST/,
  ],
  [{ MAX_RADIUS: 'wide' }, /^almagest: MAX_RADIUS is "wide"/],
  [{ PUBLIC_URL: 'vo.example' }, /^almagest: PUBLIC_URL is "vo\.example"/],
  [{ DATABASE_URL: 'mysql://localhost/sky' }, /^almagest: DATABASE_URL is not a PostgreSQL URL/],
  [
    { ALMAGEST_DATA: '/dev/null/sky' },
    /^almagest: ENOTDIR.*\/dev\/null\/sky.*; ALMAGEST_DATA chooses another/,
  ],
];

for (const [env, message] of WRONG_SETTINGS) {
  const setting = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  test(`${setting} is refused in one line`, () =>
    withFolder(async (folder) => {
      const run = almagest(['start'], { ALMAGEST_DATA: folder, PORT: '0', ...env });
      assert.equal(await run.ended, 1);
      assert.match(run.output(), message);
      assert.equal(run.output().trim().split('\n').length, 1, run.output());
    }));
}

test('an unreachable DATABASE_URL without releases is an error that hides the password', () =>
  withFolder(async (folder) => {
    const DATABASE_URL = `postgres://me:secret@127.0.0.1:${await freePort()}/sky`;
    const run = almagest(['start'], { ALMAGEST_DATA: folder, PORT: '0', DATABASE_URL });
    assert.equal(await run.ended, 1);
    assert.match(run.output(), /^almagest: cannot reach PostgreSQL at 127\.0\.0\.1:\d+, database "sky"/m);
    assert.doesNotMatch(run.output(), /secret/);
  }));

test('an unreachable DATABASE_URL with releases is a warning, and they are served', () =>
  withFolder(async (folder) => {
    await cp(await demoBucket(), join(folder, 'bucket'), { recursive: true });
    const DATABASE_URL = `postgres://me:secret@127.0.0.1:${await freePort()}/sky`;
    const run = almagest(['start'], { ALMAGEST_DATA: folder, PORT: '0', DATABASE_URL });
    const [, url] = await run.printed(READY);
    assert.match(run.output(), /warning: cannot reach PostgreSQL.*\n.*dso\.objects, hipparcos\.stars/);
    assert.ok(await answers(url!));
    assert.equal(await run.stop(), 0);
  }));

test("nothing is loaded into the user's own database, and an empty one is served", async () => {
  const server = await startTestDatabase();
  try {
    await withTestDatabase(server, (client, DATABASE_URL) =>
      withFolder(async (folder) => {
        const run = almagest(['start'], { ALMAGEST_DATA: folder, PORT: '0', DATABASE_URL });
        const [, url] = await run.printed(READY);
        await run.printed(/No catalogue is published yet/);
        assert.equal((await request(`${url}/`)).status, 200);
        await client.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
        );
        await run.printed(/warning: PostgreSQL has closed the connection: queries that need it fail/);
        await run.printed(/warning: PostgreSQL answers again\./);
        assert.equal(await run.stop(), 0);
        const { rows } = await client.query(
          `SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' ORDER BY nspname`,
        );
        assert.deepEqual(
          rows.map(({ nspname }) => nspname),
          ['almagest', 'almagest_history', 'public', 'tap_schema'],
        );
      }),
    );
  } finally {
    await server.close();
  }
});

test('--version is that of the package', async () => {
  const run = almagest(['--version'], {});
  assert.equal(await run.ended, 0);
  assert.equal(run.output(), `${packageJson.version}\n`);
});

test('every command explains itself with examples', async () => {
  const help = almagest(['--help'], {});
  assert.equal(await help.ended, 0);
  for (const command of help.output().matchAll(/^ {2}(\w+) .*/gm)) {
    if (command[1] === 'help') continue;
    const run = almagest([command[1]!, '--help'], {});
    assert.equal(await run.ended, 0);
    assert.match(run.output(), /Examples:\n/, command[1]);
  }
});
