import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type pg from 'pg';
import { connect } from '../../catalog-export/database/connect.ts';
import { migrate } from '../../catalog-export/database/migrate.ts';
import { grantPublished } from '../../catalog-export/database/reader-grants.ts';
import type { CatalogOptions } from '../../catalog-export/ingest/describe.ts';
import { publishTable } from '../../catalog-export/ingest/publish.ts';
import { startTestDatabase, type TestDatabase, withTestDatabase } from '../../test/postgres.ts';
import { readSettings } from '../settings.ts';
import { openReader, type ReaderAccess } from './reader.ts';

const OPTIONS: CatalogOptions = {
  main: { id: undefined, ra: undefined, dec: undefined },
  columns: null,
  description: null,
  metadata: new Map(),
  replace: false,
};

let server: TestDatabase;
test.before(async () => {
  server = await startTestDatabase();
});
test.after(() => server.close());

/** A database with a table that is published without one of its columns, and one that is not published. */
async function withSurvey(use: (owner: pg.Client, url: string) => Promise<void>): Promise<void> {
  await withTestDatabase(server, async (owner, url) => {
    await migrate(owner);
    await owner.query(`
      CREATE SCHEMA survey;
      CREATE TABLE survey.stars (id integer PRIMARY KEY, ra float8, dec float8, observer text);
      INSERT INTO survey.stars VALUES (1, 10, 20, 'me'), (2, 30, 40, 'you');
      CREATE TABLE survey.secret AS SELECT 'plans' AS text`);
    await publishTable(owner, 'survey.stars', { ...OPTIONS, columns: ['id', 'ra', 'dec'] });
    await use(owner, url);
  });
}

function dataFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'almagest-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function open(url: string, env: NodeJS.ProcessEnv, warnings: string[] = []): Promise<ReaderAccess> {
  return openReader(
    { url, embedded: false, close: async () => {} },
    readSettings({ DATABASE_URL: url, ...env }),
    (message) => warnings.push(message),
  );
}

function urlOf({ address, user, password, database }: ReaderAccess): string {
  return `postgres://${user}:${encodeURIComponent(password)}@${address}/${database}`;
}

async function asReader<T>(access: ReaderAccess, use: (reader: pg.Client) => Promise<T>): Promise<T> {
  const reader = await connect(urlOf(access));
  try {
    return await use(reader);
  } finally {
    await reader.end();
  }
}

const count = async (reader: pg.Client, sql: string) => (await reader.query(sql)).rows[0].count;

test('the reader reads the published columns and TAP_SCHEMA', async (t) => {
  await withSurvey(async (_owner, url) => {
    const access = await open(url, { ALMAGEST_DATA: dataFolder(t) });
    await asReader(access, async (reader) => {
      assert.equal(await count(reader, 'SELECT count(*) FROM survey.stars'), '2');
      assert.deepEqual((await reader.query('SELECT id, ra FROM survey.stars WHERE dec > 30')).rows, [
        { id: 2, ra: 30 },
      ]);
      for (const table of ['schemas', 'tables', 'columns', 'keys', 'key_columns', 'enumerations']) {
        await reader.query(`SELECT * FROM tap_schema.${table}`);
      }
      const { rows } = await reader.query('SELECT almagest.distance(0, 0, 0, 1) AS degrees');
      assert.equal(rows[0].degrees, 1);
    });
  });
});

const FORBIDDEN = [
  'SELECT observer FROM survey.stars',
  'SELECT * FROM survey.secret',
  "SELECT query_to_xml('SELECT * FROM survey.secret', true, true, '')",
  "SELECT table_to_xml('survey.secret', true, true, '')",
  "SELECT ts_stat('SELECT to_tsvector(text) FROM survey.secret')",
  'SELECT * FROM almagest.loaded_table',
  'SELECT * FROM almagest.reader',
  'SELECT rolpassword FROM pg_authid',
  "INSERT INTO survey.stars VALUES (3, 0, 0, 'x')",
  'UPDATE survey.stars SET ra = 0',
  'DELETE FROM tap_schema.tables',
  'TRUNCATE survey.stars',
  'DROP TABLE survey.stars',
  'CREATE TABLE survey.mine (n integer)',
  'CREATE TABLE public.mine (n integer)',
  'CREATE TABLE almagest.mine (n integer)',
  'CREATE SCHEMA mine',
  'CREATE ROLE mine',
  "CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
  "SELECT pg_read_file('/etc/passwd')",
  "SELECT pg_ls_dir('/')",
  "SELECT lo_import('/etc/passwd')",
  "COPY survey.stars (id) TO '/tmp/stars'",
  "COPY survey.stars (id) TO PROGRAM 'cat'",
  'SELECT pg_reload_conf()',
  'SET ROLE almagest',
  'SET temp_file_limit = -1',
];

test('the reader can do nothing else, not even in a transaction that may write', async (t) => {
  await withSurvey(async (_owner, url) => {
    const access = await open(url, { ALMAGEST_DATA: dataFolder(t) });
    await asReader(access, async (reader) => {
      await assert.rejects(reader.query('CREATE TEMP TABLE t (n integer)'), { code: '25006' });
      await reader.query('SET default_transaction_read_only = off');
      for (const sql of FORBIDDEN) {
        await assert.rejects(reader.query(sql), { code: '42501' }, sql);
      }
    });
  });
});

test('the reader may make temporary tables, also where others may not', async (t) => {
  await withSurvey(async (owner, url) => {
    await owner.query(`REVOKE TEMPORARY ON DATABASE "${owner.database}" FROM PUBLIC`);
    const reader = await connect(urlOf(await open(url, { ALMAGEST_DATA: dataFolder(t) })));
    try {
      await reader.query(
        'BEGIN TRANSACTION READ WRITE; CREATE TEMPORARY TABLE mine (c0 integer) ON COMMIT DROP',
      );
      assert.equal((await reader.query('SELECT * FROM pg_temp.mine')).rowCount, 0);
    } finally {
      await reader.end();
    }
  });
});

test('the reader has limits of its own', async (t) => {
  await withSurvey(async (_owner, url) => {
    const access = await open(url, { ALMAGEST_DATA: dataFolder(t) });
    await asReader(access, async (reader) => {
      const { rows } = await reader.query(
        `SELECT name, setting FROM pg_settings WHERE source = 'user' ORDER BY name`,
      );
      assert.deepEqual(Object.fromEntries(rows.map(({ name, setting }) => [name, setting])), {
        default_transaction_read_only: 'on',
        idle_in_transaction_session_timeout: '300000',
        statement_timeout: '3600000',
        temp_file_limit: String(10 * 1024 * 1024),
      });
      const { rows: role } = await reader.query('SELECT * FROM pg_roles WHERE rolname = current_user');
      assert.equal(role[0].rolconnlimit, 64);
    });
  });
});

test('what is published and unpublished later is readable and unreadable', async (t) => {
  await withSurvey(async (owner, url) => {
    const access = await open(url, { ALMAGEST_DATA: dataFolder(t) });
    await asReader(access, async (reader) => {
      await owner.query('CREATE VIEW survey.bright AS SELECT id, ra, dec FROM survey.stars');
      await assert.rejects(reader.query('SELECT id FROM survey.bright'), { code: '42501' });
      await publishTable(owner, 'survey.bright', { ...OPTIONS, main: { ...OPTIONS.main, id: 'id' } });
      assert.equal(await count(reader, 'SELECT count(*) FROM survey.bright'), '2');

      await publishTable(owner, 'survey.stars', {
        ...OPTIONS,
        columns: ['id', 'ra', 'dec', 'observer'],
        replace: true,
      });
      assert.equal(await count(reader, 'SELECT count(observer) FROM survey.stars'), '2');
      await publishTable(owner, 'survey.stars', { ...OPTIONS, columns: ['id', 'ra', 'dec'], replace: true });
      await assert.rejects(reader.query('SELECT observer FROM survey.stars'), { code: '42501' });

      await owner.query("DELETE FROM tap_schema.tables WHERE table_name = 'survey.bright'");
      await grantPublished(owner);
      await assert.rejects(reader.query('SELECT id FROM survey.bright'), { code: '42501' });
      assert.equal(await count(reader, 'SELECT count(*) FROM survey.stars'), '2');
    });
  });
});

test('the password is kept where only its owner reads it, and PostgreSQL does not see it', async (t) => {
  await withSurvey(async (owner, url) => {
    const folder = dataFolder(t);
    const first = await open(url, { ALMAGEST_DATA: folder });
    const again = await open(url, { ALMAGEST_DATA: folder });
    assert.deepEqual(again, first);
    const file = join(folder, 'reader.password');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(readFileSync(file, 'utf8'), first.password);
    assert.ok(first.password.length >= 32);
    const { rows } = await owner.query('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [first.user]);
    assert.match(rows[0].rolpassword, /^SCRAM-SHA-256\$/);
  });
});

test("a role of this name that is somebody else's is left alone", async (t) => {
  await withSurvey(async (owner, url) => {
    const name = `almagest_reader_${owner.database}`;
    await owner.query(`CREATE ROLE ${name} LOGIN PASSWORD 'theirs'`);
    await assert.rejects(
      open(url, { ALMAGEST_DATA: dataFolder(t) }),
      /has a role almagest_reader_\w+ that Almagest did not make: .*READER_DATABASE_URL/,
    );
    await owner.query(`DROP ROLE ${name}`);
  });
});

/** A user who owns the database and its tables, and may not make roles. */
async function withTeam(use: (teamUrl: string, admin: pg.Client) => Promise<void>): Promise<void> {
  await withTestDatabase(server, async (admin, url) => {
    const team = `team_${admin.database}`;
    await admin.query(
      `CREATE ROLE ${team} LOGIN PASSWORD 'team'; ALTER DATABASE ${admin.database} OWNER TO ${team}`,
    );
    const teamUrl = Object.assign(new URL(url), { username: team, password: 'team' }).href;
    const client = await connect(teamUrl);
    try {
      await migrate(client);
      await client.query(`
        CREATE SCHEMA survey;
        CREATE TABLE survey.stars AS SELECT 1 AS id, 10::float8 AS ra, 20::float8 AS dec`);
      await publishTable(client, 'survey.stars', OPTIONS);
    } finally {
      await client.end();
    }
    await use(teamUrl, admin);
  });
}

test('a user who may not make roles is given the SQL, and can bring his own', async (t) => {
  await withTeam(async (teamUrl, admin) => {
    const ALMAGEST_DATA = dataFolder(t);
    const error: Error = await open(teamUrl, { ALMAGEST_DATA }).then(
      () => assert.fail('it made a role'),
      (reason) => reason,
    );
    assert.match(
      error.message,
      /may not make the role .* set READER_DATABASE_URL=postgres:\/\/almagest_reader_/s,
    );
    const [, sql] = error.message.match(/may run\n(.*)\n\s*\\password/s)!;
    await admin.query(sql!);
    const role = `almagest_reader_${admin.database}`;
    await admin.query(`ALTER ROLE ${role} PASSWORD 'mine'`);

    const given = Object.assign(new URL(teamUrl), { username: role, password: 'mine' }).href;
    const access = await open(teamUrl, { ALMAGEST_DATA, READER_DATABASE_URL: given });
    assert.deepEqual([access.user, access.password], [role, 'mine']);
    assert.equal(await asReader(access, (reader) => count(reader, 'SELECT count(*) FROM survey.stars')), '1');
  });
});

test('a reader who can do more than read is refused, and so is a wrong password, which is not repeated', async (t) => {
  await withTeam(async (teamUrl) => {
    const ALMAGEST_DATA = dataFolder(t);
    const attempt = (url: string) => open(teamUrl, { ALMAGEST_DATA, READER_DATABASE_URL: url });
    await assert.rejects(
      attempt(teamUrl),
      /may do more than read\. Make one for this purpose:\n {2}CREATE ROLE/,
    );
    await assert.rejects(attempt(server.url), /user "almagest" may do more than read/);
    const wrong = Object.assign(new URL(teamUrl), { password: 's3cret' }).href;
    await assert.rejects(
      attempt(wrong),
      (error: Error) => /wrong password/.test(error.message) && !/s3cret/.test(error.message),
    );
    await assert.rejects(attempt('reader'), /READER_DATABASE_URL is not a PostgreSQL URL/);
  });
});

test('a reader who may write is refused', async (t) => {
  await withTeam(async (teamUrl, admin) => {
    const role = `writer_${admin.database}`;
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'mine'; GRANT INSERT ON survey.stars TO ${role}`);
    const given = Object.assign(new URL(teamUrl), { username: role, password: 'mine' }).href;
    const env = { ALMAGEST_DATA: dataFolder(t), READER_DATABASE_URL: given };
    await assert.rejects(open(teamUrl, env), /may do more than read/);
  });
});

test('a reader whom the server does not let in without TLS is told so at once', async (t) => {
  await withTeam(async (teamUrl, admin) => {
    const { rows } = await admin.query('SHOW hba_file');
    const file: string = rows[0].hba_file;
    const rules = readFileSync(file, 'utf8');
    const role = `almagest_reader_${admin.database}`;
    writeFileSync(file, `hostnossl all ${role} all reject\n${rules}`);
    await admin.query('SELECT pg_reload_conf()');
    t.after(() => writeFileSync(file, rules));
    await admin.query(`ALTER ROLE ${new URL(teamUrl).username} CREATEROLE`);
    await assert.rejects(
      open(teamUrl, { ALMAGEST_DATA: dataFolder(t) }),
      /user "almagest_reader_\w+" cannot log in at 127\.0\.0\.1:\d+ as TAP does, .* without TLS: .*pg_hba/,
    );
  });
});

test("tables of other people's are listed with the SQL that opens them", async (t) => {
  await withTeam(async (teamUrl, admin) => {
    const role = `almagest_reader_${admin.database}`;
    await admin.query(`
      CREATE ROLE ${role} LOGIN PASSWORD 'mine';
      CREATE SCHEMA theirs;
      CREATE TABLE theirs.stars AS SELECT 1 AS id, 10::float8 AS ra, 20::float8 AS dec;
      GRANT USAGE ON SCHEMA theirs TO PUBLIC;
      GRANT SELECT ON theirs.stars TO ${new URL(teamUrl).username}`);
    const given = Object.assign(new URL(teamUrl), { username: role, password: 'mine' }).href;
    const env = { ALMAGEST_DATA: dataFolder(t), READER_DATABASE_URL: given };
    await open(teamUrl, env);
    const team = await connect(teamUrl);
    const { missingGrants } = await publishTable(team, 'theirs.stars', OPTIONS);
    await team.end();
    assert.deepEqual(missingGrants, [`GRANT SELECT ("id", "ra", "dec") ON "theirs"."stars" TO "${role}"`]);

    const warnings: string[] = [];
    await open(teamUrl, env, warnings);
    assert.match(warnings.join(), /until somebody who owns them runs:\n {2}GRANT SELECT/);
    await admin.query(missingGrants.join(';'));
    warnings.length = 0;
    const access = await open(teamUrl, env, warnings);
    assert.deepEqual(warnings, []);
    assert.equal(await asReader(access, (reader) => count(reader, 'SELECT count(*) FROM theirs.stars')), '1');
  });
});
