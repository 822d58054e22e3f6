import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { asOf } from '../../engine/postgres/table-history.ts';
import { startTestDatabase, withMigratedDatabase } from '../../test/postgres.ts';
import { publishTable } from '../ingest/publish.ts';
import { connect } from './connect.ts';
import { historyPath } from './history-triggers.ts';
import { dropHistory, historyFault, historyId, keepHistory, pruneHistory } from './row-history.ts';
import { readTable } from './tap-schema.ts';
import { inTransaction } from './transaction.ts';

const server = await startTestDatabase();
after(() => server.close());

const OPTIONS = {
  main: {},
  columns: null,
  description: null,
  metadata: new Map(),
  replace: false,
  index: false,
};

const STARS = `CREATE TABLE stars (id int PRIMARY KEY, ra float8, dec float8, v real, note text);
  INSERT INTO stars SELECT i, i, 10, 5 FROM generate_series(1, 40) i`;

/** The test's user has the name of Almagest's schema, where names would be looked for first. */
async function session(url: string): Promise<pg.Client> {
  const client = await connect(url);
  await client.query('SET search_path = public');
  return client;
}

/** What a release would hold: a snapshot, the history that covers it, and the rows. */
interface Seen {
  readonly snapshot: string;
  readonly history: string | null;
  readonly rows: string;
}

interface Versioned {
  readonly client: pg.Client;
  readonly url: string;
  keep(): Promise<void>;
  drop(): Promise<void>;
  /** What a transaction of repeatable reads sees of public.stars now. */
  see(by?: pg.Client): Promise<Seen>;
  /** What the history says that a snapshot saw. */
  asOf(snapshot: string): Promise<string>;
  versions(): Promise<number>;
}

const ROWS = `coalesce(string_agg(format('%s %s %s %s %s', id, ra, dec, v, note), '; ' ORDER BY id), '')`;

function withStars(sql: string, use: (versioned: Versioned) => Promise<void>): Promise<void> {
  return withMigratedDatabase(server, async (client, url) => {
    await client.query(`SET search_path = public; ${sql}`);
    await publishTable(client, 'public.stars', OPTIONS);
    const table = async () => (await readTable(client, 'public.stars'))!;
    const history = historyPath('public.stars');
    const see = async (by = client) => {
      const stars = await table();
      // As an export does it: to a snapshot from before a TRUNCATE, a table that was not locked is empty.
      await by.query(
        'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE stars IN ACCESS SHARE MODE',
      );
      const { rows } = await by.query(
        `SELECT ${ROWS} AS rows, pg_current_snapshot()::text AS snapshot FROM stars`,
      );
      const id = await historyId(by, stars);
      await by.query('COMMIT');
      return { ...rows[0], history: id };
    };
    await use({
      client,
      url,
      see,
      keep: async () => inTransaction(client, async () => keepHistory(client, await table())),
      drop: async () => inTransaction(client, async () => dropHistory(client, await table())),
      asOf: async (snapshot) =>
        (await client.query(`SELECT ${ROWS} AS rows FROM ${history} WHERE ${asOf(snapshot)}`)).rows[0].rows,
      versions: async () => (await client.query(`SELECT count(*)::int AS n FROM ${history}`)).rows[0].n,
    });
  });
}

/** A repeatable random number below n. */
function numbers(seed: number): (n: number) => number {
  let value = seed;
  return (n) => {
    value = (value * 48271) % 2147483647;
    return value % n;
  };
}

const VALUES = ['1', '-0', '0', "'NaN'", 'NULL', '2.5', "'-Infinity'"];

/** A statement that writes some rows, of those that others write too. */
function statement(random: (n: number) => number, level: string): string {
  const [id, other] = [1 + random(50), 1 + random(50)];
  const value = VALUES[random(VALUES.length)]!;
  const statements = [
    `UPDATE stars SET v = ${value} WHERE id = ${id}`,
    `UPDATE stars SET v = ${value}, note = 'n${random(3)}' WHERE id BETWEEN ${id} AND ${id + random(5)}`,
    `UPDATE stars SET id = ${id + 100} WHERE id = ${id}`,
    `UPDATE stars SET id = id - 100 WHERE id > 100 AND NOT EXISTS (SELECT FROM stars s WHERE s.id = stars.id - 100)`,
    `DELETE FROM stars WHERE id = ${id}`,
    `INSERT INTO stars VALUES (${id}, 1, 2, ${value}) ON CONFLICT (id) DO UPDATE SET v = excluded.v`,
    `INSERT INTO stars SELECT i, 1, 2, ${value} FROM generate_series(${id}, ${id + 3}) i ON CONFLICT DO NOTHING`,
    `MERGE INTO stars s USING (VALUES (${id}), (${other})) n (id) ON s.id = n.id
     WHEN MATCHED AND s.v > 1 THEN DELETE WHEN MATCHED THEN UPDATE SET v = ${value} WHEN NOT MATCHED THEN INSERT VALUES (n.id, 3, 4, 5)`,
    `WITH moved AS (DELETE FROM stars WHERE id = ${id} RETURNING *) INSERT INTO stars SELECT id + 200, ra, dec, v FROM moved ON CONFLICT DO NOTHING`,
  ];
  return random(60) === 0 && level === 'READ COMMITTED'
    ? 'TRUNCATE stars'
    : statements[random(statements.length)]!;
}

/**
 * Transactions of one session, each of some statements, savepoints among them. Those that conflict with others are given up.
 * @param goOn whether there is another one, after so many.
 */
async function write(
  client: pg.Client,
  random: (n: number) => number,
  goOn: (transactions: number) => boolean,
): Promise<number> {
  await client.query(`SET lock_timeout = '200ms'; SET deadlock_timeout = '100ms'`);
  let committed = 0;
  for (let i = 0; goOn(i); i++) {
    const level = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'][random(3)]!;
    try {
      await client.query(`BEGIN ISOLATION LEVEL ${level}`);
      for (let n = 1 + random(5); n > 0; n--) {
        const savepoint = random(3) === 0;
        if (savepoint) await client.query('SAVEPOINT s');
        await client.query(statement(random, level));
        if (savepoint) await client.query(random(2) === 0 ? 'ROLLBACK TO s' : 'RELEASE s');
      }
      await client.query(random(5) === 0 ? 'ROLLBACK' : 'COMMIT');
      committed++;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      // Lock timeout, deadlock, serialization failure, duplicate key, a row merged twice: as without a history.
      assert.ok(['55P03', '40P01', '40001', '23505', '21000'].includes(code!), `${code} ${message}`);
      await client.query('ROLLBACK');
    }
  }
  return committed;
}

test('as of any snapshot the history has the rows that a transaction with that snapshot saw, whoever wrote meanwhile', () =>
  withStars(STARS, async ({ client, url, keep, see, asOf, versions }) => {
    const sessions = await Promise.all(Array.from({ length: 5 }, () => session(url)));
    const [observer, ...writers] = sessions as [pg.Client, ...pg.Client[]];
    let writing = true;
    const seen: Seen[] = [];
    const covered = () => seen.filter(({ history }) => history !== null);
    const different = () => new Set(covered().map(({ rows }) => rows)).size;
    // The busier the machine, the less of what they write is observed.
    const goOn = (transactions: number) => transactions < 120 || (different() <= 30 && transactions < 3000);
    const done = Promise.all(writers.map((writer, i) => write(writer, numbers(i + 1), goOn))).finally(() => {
      writing = false;
    });
    const observe = async () => {
      while (writing) seen.push(await see(observer));
    };
    // The history begins while they write, and takes up what those of them that began before it did.
    const begin = async () => {
      while (writing) {
        await keep();
        await sleep(100);
      }
    };
    const [committed] = await Promise.all([done, observe(), begin()]);
    seen.push(await see());
    assert.ok(
      committed.every((n) => n > 20),
      `${committed}`,
    );
    assert.ok(different() > 30, `${different()} of ${covered().length} different`);
    for (const { snapshot, rows } of covered()) assert.equal(await asOf(snapshot), rows, snapshot);

    // What no release needs goes, and what the others need stays.
    const kept = covered().filter((_, i, all) => i > all.length / 2 && i % 3 === 0);
    const before = await versions();
    const removed = await pruneHistory(client, (await readTable(client, 'public.stars'))!, kept);
    assert.ok(removed > 0);
    assert.equal(await versions(), before - removed);
    for (const { snapshot, rows } of kept) assert.equal(await asOf(snapshot), rows, snapshot);
    await Promise.all(sessions.map((each) => each.end()));
  }));

test("a transaction's versions are those that it leaves, whatever triggers of the user's write meanwhile", () =>
  withStars(
    `${STARS};
     CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF pg_trigger_depth() > 2 THEN RETURN NULL; END IF;
       IF TG_OP = 'INSERT' THEN UPDATE stars SET v = v + 1 WHERE id IN (NEW.id, NEW.id + 1);
       ELSIF TG_OP = 'DELETE' THEN INSERT INTO stars VALUES (OLD.id, 9, 9, 9) ON CONFLICT DO NOTHING;
       ELSE DELETE FROM stars WHERE id = NEW.id + 20; END IF;
       RETURN NULL;
     END $$;
     CREATE TRIGGER aaa AFTER INSERT OR UPDATE OR DELETE ON stars FOR EACH ROW EXECUTE FUNCTION meddle();
     CREATE TRIGGER zzz AFTER INSERT OR UPDATE OR DELETE ON stars FOR EACH ROW EXECUTE FUNCTION meddle()`,
    async ({ client, keep, see, asOf, versions }) => {
      await keep();
      const seen = [await see()];
      for (const sql of [
        'INSERT INTO stars VALUES (200, 1, 1, 1), (201, 1, 1, 1)',
        'DELETE FROM stars WHERE id IN (3, 5)',
        'UPDATE stars SET v = 0 WHERE id < 10',
        'BEGIN; DELETE FROM stars WHERE id = 7; INSERT INTO stars VALUES (300, 1, 1, 1); UPDATE stars SET v = 8 WHERE id = 300; COMMIT',
      ]) {
        await client.query(sql);
        seen.push(await see());
      }
      for (const { snapshot, rows } of seen) assert.equal(await asOf(snapshot), rows);
      const before = await versions();
      await client.query('BEGIN; ALTER TABLE stars DISABLE TRIGGER USER; ROLLBACK');
      await client.query(
        'UPDATE stars SET v = v WHERE id > 1000; UPDATE stars SET note = note WHERE id = 1 AND false',
      );
      assert.equal(await versions(), before, 'what does not change has no new version');
    },
  ));

test('COPY, a cascade, a session that plays a replica and another user write versions', () =>
  withStars(STARS, async ({ client, keep, see, asOf }) => {
    const role = `feeder_${client.database}`;
    await client.query(
      `CREATE TABLE k (id int PRIMARY KEY); INSERT INTO k SELECT id FROM stars;
       ALTER TABLE stars ADD FOREIGN KEY (id) REFERENCES k ON DELETE CASCADE; INSERT INTO k VALUES (100), (101);
       CREATE ROLE ${role}; GRANT INSERT, UPDATE, DELETE, SELECT, TRUNCATE ON stars TO ${role}`,
    );
    await keep();
    const seen = [await see()];
    for (const sql of [
      `COPY stars FROM PROGRAM 'echo "100,1,2,3,x"' (FORMAT csv)`,
      'DELETE FROM k WHERE id = 7',
      'SET session_replication_role = replica; UPDATE stars SET v = 1 WHERE id = 8; RESET session_replication_role',
      `SET ROLE ${role}; UPDATE stars SET v = 3 WHERE id = 9; DELETE FROM stars WHERE id = 10; RESET ROLE`,
      `SET ROLE ${role}; TRUNCATE stars; RESET ROLE`,
    ]) {
      await client.query(sql);
      seen.push(await see());
    }
    assert.equal(new Set(seen.map(({ rows }) => rows)).size, 6);
    assert.equal(new Set(seen.map(({ history }) => history)).size, 1);
    for (const { snapshot, rows } of seen) assert.equal(await asOf(snapshot), rows);
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }));

test('a subscription of logical replication, which fires the triggers of rows alone, writes versions', () =>
  withStars(STARS, async ({ client, keep, asOf }) => {
    await keep();
    await client.query(
      `ALTER TABLE stars DISABLE TRIGGER almagest_history_insert; ALTER TABLE stars DISABLE TRIGGER almagest_history_update;
       ALTER TABLE stars DISABLE TRIGGER almagest_history_delete; SET session_replication_role = replica`,
    );
    await client.query(
      'INSERT INTO stars VALUES (100, 1, 2, 3); UPDATE stars SET id = 101 WHERE id = 1; DELETE FROM stars WHERE id = 2',
    );
    const { rows } = await client.query(
      `SELECT ${ROWS} AS rows, pg_current_snapshot()::text AS snapshot FROM stars`,
    );
    assert.equal(await asOf(rows[0].snapshot), rows[0].rows);
  }));

test('a history goes on through columns that come and go, and says where it cannot', () =>
  withStars(STARS, async ({ client, keep, see, asOf }) => {
    const published = (columns: string[] | null) =>
      publishTable(client, 'public.stars', { ...OPTIONS, columns, replace: true });
    const fault = async () => historyFault(client, (await readTable(client, 'public.stars'))!);
    await keep();
    const first = await see();
    assert.equal(await fault(), null);

    // A column that is not published is nobody's business.
    await client.query('ALTER TABLE stars ADD extra int; UPDATE stars SET extra = 1, v = 2 WHERE id = 1');
    const second = await see();
    assert.equal(second.history, first.history);

    await published(['id', 'ra', 'dec', 'v', 'note', 'extra']);
    await keep();
    await client.query('UPDATE stars SET v = 3 WHERE id = 1');
    const third = await see();
    assert.equal(third.history, first.history);

    // Whoever writes after a column is gone can do so.
    await client.query('ALTER TABLE stars RENAME note TO remark; UPDATE stars SET v = 4 WHERE id = 2');
    assert.match(
      (await fault())!,
      /history of public\.stars does not go on.*publish public\.stars --replace --history/,
    );
    await client.query('ALTER TABLE stars RENAME remark TO note');
    assert.equal((await see()).history, null, 'it has missed something');
    await keep();
    const fourth = await see();
    assert.equal(fourth.history, first.history);
    for (const { snapshot, rows } of [first, second, third, fourth]) assert.equal(await asOf(snapshot), rows);

    // Values of another type are another history.
    await client.query('ALTER TABLE stars ALTER v TYPE float8; UPDATE stars SET v = 0.1 WHERE id = 3');
    assert.notEqual(await fault(), null);
    await published(null);
    await keep();
    const fifth = await see();
    assert.equal(await asOf(fifth.snapshot), fifth.rows);
    assert.notEqual(fifth.history, first.history);
  }));

const UNNOTICED: [string, string][] = [
  [
    'truncated by a transaction that does not see all versions',
    'BEGIN ISOLATION LEVEL REPEATABLE READ; TRUNCATE stars; INSERT INTO stars VALUES (6); COMMIT',
  ],
  [
    'without its key for a while',
    `ALTER TABLE stars DROP CONSTRAINT stars_pkey; INSERT INTO stars VALUES (7, 0, 0, 0); UPDATE stars SET v = 8 WHERE id = 7 AND ra = 0;
     ALTER TABLE stars ADD UNIQUE (id, v), ALTER v SET NOT NULL`,
  ],
  ['rewritten', 'ALTER TABLE stars ALTER v TYPE real USING v + 1'],
  [
    'written with a trigger disabled',
    'ALTER TABLE stars DISABLE TRIGGER ALL; DELETE FROM stars WHERE id = 1; ALTER TABLE stars ENABLE TRIGGER ALL',
  ],
  [
    'replaced by another',
    'ALTER TABLE stars RENAME TO old; CREATE TABLE stars (LIKE old INCLUDING ALL); INSERT INTO stars SELECT * FROM old WHERE id > 5; UPDATE old SET v = 7',
  ],
  [
    'renamed for a while',
    `ALTER TABLE stars RENAME TO old; INSERT INTO old VALUES (910, 1, 2); UPDATE old SET v = 7 WHERE id = 6; DELETE FROM old WHERE id = 2; TRUNCATE old;
     INSERT INTO old VALUES (6, 1, 2); ALTER TABLE old RENAME TO stars`,
  ],
  [
    'made a partition',
    'ALTER TABLE stars DROP COLUMN note; ALTER TABLE stars ADD note text; CREATE TABLE heir () INHERITS (stars); INSERT INTO heir VALUES (900, 1, 2); DROP TABLE heir',
  ],
];

for (const [what, sql] of UNNOTICED) {
  test(`a table that was ${what}: releases do not count on its history until it has been told`, () =>
    withStars(STARS, async ({ client, keep, see, asOf }) => {
      await keep();
      const before = await see();
      await client.query(sql);
      assert.equal((await see()).history, null);
      await keep();
      const afterwards = await see();
      assert.equal(afterwards.history, before.history);
      await client.query('UPDATE stars SET v = 6 WHERE id = 6');
      const last = await see();
      for (const { snapshot, rows } of [before, afterwards, last]) assert.equal(await asOf(snapshot), rows);
    }));
}

test('a history that was dropped by hand holds up nobody, and begins anew', () =>
  withStars(STARS, async ({ client, keep, see, asOf }) => {
    await keep();
    const { history } = await see();
    await client.query('DROP TABLE almagest_history."public.stars"; UPDATE stars SET v = 6 WHERE id = 6');
    assert.equal((await see()).history, null);
    await keep();
    const afterwards = await see();
    assert.notEqual(afterwards.history, history);
    assert.equal(await asOf(afterwards.snapshot), afterwards.rows);
  }));

test('in another server a history is not believed, and begins anew', () =>
  withStars(STARS, async ({ client, keep, see, asOf }) => {
    await keep();
    const before = await see();
    await client.query(`UPDATE almagest.history SET server = '1/1'`);
    assert.equal((await see()).history, null);
    assert.equal((await client.query('SELECT FROM almagest.histories')).rowCount, 0);
    const table = (await readTable(client, 'public.stars'))!;
    assert.match((await historyFault(client, table))!, /restored into another server/);
    assert.equal(await pruneHistory(client, table, [before]), 0);
    await keep();
    const afterwards = await see();
    assert.notEqual(afterwards.history, before.history);
    assert.equal(await asOf(afterwards.snapshot), afterwards.rows);
  }));

test('a history that is switched off leaves nothing behind', () =>
  withStars(STARS, async ({ client, keep, drop, see }) => {
    const triggers = async () =>
      (await client.query(`SELECT tgname FROM pg_trigger WHERE tgrelid = 'stars'::regclass`)).rows;
    const before = await triggers();
    await keep();
    await drop();
    assert.deepEqual(await triggers(), before);
    const { rows } = await client.query(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'almagest_history'::regnamespace
       UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'almagest_history'::regnamespace`,
    );
    assert.deepEqual(rows, []);
    assert.equal((await see()).history, null);
    await drop();
  }));

const WITHOUT: [string, string, RegExp][] = [
  [
    'a table without a primary key',
    'CREATE TABLE stars (id int, ra float8, dec float8)',
    /no primary key.*ADD PRIMARY KEY/,
  ],
  [
    'a table whose key may be null',
    'CREATE TABLE stars (id int UNIQUE, ra float8, dec float8)',
    /no primary key/,
  ],
  ['a view', 'CREATE VIEW stars AS SELECT 1 AS id, 2 AS ra, 3 AS dec', /it is a view/],
  [
    'a partitioned table',
    'CREATE TABLE stars (id int PRIMARY KEY, ra float8, dec float8) PARTITION BY HASH (id)',
    /partitioned/,
  ],
  [
    'an unlogged table',
    'CREATE UNLOGGED TABLE stars (id int PRIMARY KEY, ra float8, dec float8)',
    /UNLOGGED/,
  ],
  [
    'a column of ours',
    'CREATE TABLE stars (id int PRIMARY KEY, ra float8, dec float8, almagest_born int)',
    /column almagest_born/,
  ],
];

for (const [what, sql, message] of WITHOUT) {
  test(`${what} has no history, and it is said why`, () =>
    withStars(sql, async ({ keep, see }) => {
      await assert.rejects(keep(), message);
      assert.equal((await see().catch(() => ({ history: null }))).history, null);
    }));
}

test('a history waits for writers, and says so when they take long', () =>
  withStars(STARS, async ({ client, url, keep }) => {
    const writer = await session(url);
    await writer.query('BEGIN; UPDATE stars SET v = 1 WHERE id = 1');
    await assert.rejects(keep(), /cannot begin while somebody writes/);
    await writer.end();
    await keep();
    assert.equal((await client.query('SELECT FROM almagest.histories')).rowCount, 1);
  }));

test('names that need quotes, keys of several columns, domains and generated columns', () =>
  withMigratedDatabase(server, async (client) => {
    await client.query(
      `CREATE SCHEMA "Sur'vey"; CREATE DOMAIN public.positive AS int NOT NULL CHECK (VALUE > 0); CREATE TYPE public.kind AS ENUM ('S', 'G');
       CREATE TABLE "Sur'vey"."Stars-1" ("Obj ""ID" bigint UNIQUE, field text, "RA" float8, "DEC" numeric, p public.positive, "writer" int, "almagest" int,
         kind public.kind DEFAULT 'S', letters char(3) DEFAULT 'a', label varchar(5) DEFAULT 'b', amount numeric(8, 2) DEFAULT 1,
         twice float8 GENERATED ALWAYS AS (2 * "RA") STORED, PRIMARY KEY (field, "Obj ""ID"));
       INSERT INTO "Sur'vey"."Stars-1" VALUES (1, 'a''b', 10, 20.10, 1, 5, 5), (2, 'a\\b', 11, 20.10, 1, 5, 5)`,
    );
    await client.query(`CREATE VIEW "Sur'vey".plain AS SELECT * FROM "Sur'vey"."Stars-1"`);
    const described = {
      ...OPTIONS,
      main: { id: 'Obj "ID' },
      columns: [
        'Obj "ID',
        'RA',
        'DEC',
        'p',
        'writer',
        'almagest',
        'kind',
        'letters',
        'label',
        'amount',
        'twice',
      ],
    };
    await client.query(`ALTER SCHEMA "Sur'vey" RENAME TO "Survey"`);
    await publishTable(client, 'Survey.Stars-1', described);
    const table = (await readTable(client, 'Survey.Stars-1'))!;
    await inTransaction(client, () => keepHistory(client, table));
    const rowsNow = `string_agg(format('%s %s %s %s %s', "Obj ""ID", "DEC", twice, p, kind), ';' ORDER BY "Obj ""ID") AS rows`;
    const seen = [];
    for (const sql of [
      'SELECT',
      `UPDATE "Survey"."Stars-1" SET "DEC" = 20.1 WHERE "Obj ""ID" = 1`,
      `UPDATE "Survey"."Stars-1" SET field = 'c' WHERE "Obj ""ID" = 2`,
      `UPDATE "Survey"."Stars-1" SET p = p + 1`,
      `UPDATE "Survey"."Stars-1" SET kind = 'G'`,
      `UPDATE "Survey"."Stars-1" SET p = p`,
    ]) {
      await client.query(sql);
      seen.push(
        (
          await client.query(
            `SELECT ${rowsNow}, pg_current_snapshot()::text AS snapshot FROM "Survey"."Stars-1"`,
          )
        ).rows[0],
      );
    }
    for (const { rows, snapshot } of seen) {
      const { rows: found } = await client.query(
        `SELECT ${rowsNow} FROM almagest_history."Survey.Stars-1" WHERE ${asOf(snapshot)}`,
      );
      assert.equal(found[0].rows, rows);
    }
  }));

test('a type of the user that is renamed holds no writer up', () =>
  withStars(
    `CREATE TYPE kind AS ENUM ('star', 'galaxy'); ${STARS}; ALTER TABLE stars ADD kind kind`,
    async ({ client, url, keep, see, asOf }) => {
      await keep();
      const before = await see();
      await client.query('ALTER TYPE kind RENAME TO class');
      // A session that has not planned the function's statements yet.
      const writer = await session(url);
      await writer.query(
        `UPDATE stars SET kind = 'galaxy' WHERE id < 5; UPDATE stars SET v = 9 WHERE id = 7`,
      );
      await writer.end();
      assert.equal((await see()).history, null);
      await keep();
      const afterwards = await see();
      assert.equal(afterwards.history, before.history);
      for (const { snapshot, rows } of [before, afterwards]) assert.equal(await asOf(snapshot), rows);
    },
  ));
