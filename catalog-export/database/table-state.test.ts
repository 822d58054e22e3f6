import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type pg from 'pg';
import { startTestDatabase, withMigratedDatabase, withTestDatabase } from '../../test/postgres.ts';
import type { CatalogOptions } from '../ingest/describe.ts';
import { publishTable } from '../ingest/publish.ts';
import { compactMarks, markChanges } from './change-marks.ts';
import { connect } from './connect.ts';
import { migrate } from './migrate.ts';
import { tableState } from './table-state.ts';
import { readTable } from './tap-schema.ts';

const server = await startTestDatabase();
after(() => server.close());

const OPTIONS: CatalogOptions = {
  main: {},
  columns: null,
  description: null,
  metadata: new Map(),
  replace: false,
  index: false,
};

const STARS = `CREATE TABLE stars (id int PRIMARY KEY, ra float8, dec float8, v real);
  INSERT INTO stars SELECT i, i, 10, 5 FROM generate_series(1, 50) i`;

interface Published {
  readonly client: pg.Client;
  readonly url: string;
  /** Of public.stars. */
  state(session?: pg.Client): Promise<string | null>;
}

function withStars(sql: string, use: (published: Published) => Promise<void>): Promise<void> {
  return withMigratedDatabase(server, async (client, url) => {
    await client.query(`SET search_path = public; ${sql}`);
    await publishTable(client, 'public.stars', OPTIONS);
    const state = async (session = client) =>
      tableState(session, (await readTable(client, 'public.stars'))!, { layout: 1 });
    await use({ client, url, state });
  });
}

/** The test's user has the name of Almagest's schema, where names would be looked for first. */
async function session(url: string): Promise<pg.Client> {
  const client = await connect(url);
  await client.query('SET search_path = public');
  return client;
}

const WRITES: [string, string][] = [
  ['INSERT', 'INSERT INTO stars VALUES (100, 1, 2, 3)'],
  ['UPDATE', 'UPDATE stars SET v = 6 WHERE id = 7'],
  ['DELETE', 'DELETE FROM stars WHERE id = 7'],
  ['TRUNCATE', 'TRUNCATE stars'],
  ['ON CONFLICT', 'INSERT INTO stars VALUES (7, 1, 2, 3) ON CONFLICT (id) DO UPDATE SET v = 6'],
  ['MERGE', 'MERGE INTO stars s USING (VALUES (7)) n (id) ON s.id = n.id WHEN MATCHED THEN UPDATE SET v = 6'],
  [
    'a CTE that writes',
    'WITH gone AS (DELETE FROM stars WHERE id = 7 RETURNING *) SELECT count(*) FROM gone',
  ],
  [
    'a view that writes',
    'CREATE VIEW bright AS SELECT * FROM stars WHERE v < 6; DELETE FROM bright WHERE id = 7',
  ],
  [
    'a cascade',
    'CREATE TABLE k (id int PRIMARY KEY); INSERT INTO k VALUES (7); UPDATE stars SET id = 7 WHERE id = 7; ALTER TABLE stars ADD FOREIGN KEY (id) REFERENCES k ON DELETE CASCADE NOT VALID; DELETE FROM k',
  ],
  [
    'a session that plays a replica',
    'SET session_replication_role = replica; DELETE FROM stars WHERE id = 7; RESET session_replication_role',
  ],
  ['what was rewritten', 'ALTER TABLE stars ALTER v TYPE real USING v + 1'],
  [
    'a column that was dropped and added again',
    'ALTER TABLE stars DROP v; ALTER TABLE stars ADD v real DEFAULT 6',
  ],
  [
    'columns that changed their names',
    'ALTER TABLE stars RENAME v TO w; ALTER TABLE stars RENAME ra TO v; ALTER TABLE stars RENAME w TO ra',
  ],
  [
    'a table in its place',
    `CREATE TABLE other (LIKE stars); DROP TABLE stars; ALTER TABLE other RENAME TO stars`,
  ],
  ['another description', `UPDATE tap_schema.columns SET unit = 'mag' WHERE column_name = 'v'`],
  [
    'triggers that did not work for a while',
    `ALTER TABLE stars DISABLE TRIGGER almagest_changes; DELETE FROM stars WHERE id = 7; ALTER TABLE stars ENABLE ALWAYS TRIGGER almagest_changes`,
  ],
  ['a partition', 'CREATE TABLE child () INHERITS (stars); INSERT INTO child VALUES (100, 1, 2, 3)'],
];

for (const [what, sql] of WRITES) {
  test(`the state of a table is another after: ${what}`, () =>
    withStars(STARS, async ({ client, state }) => {
      const before = await state();
      assert.match(before!, /^[0-9a-f]{64}$/);
      assert.equal(await state(), before);
      await client.query(sql);
      assert.notEqual(await state(), before);
    }));
}

test('what is read, analysed, vacuumed, indexed or written elsewhere leaves the state as it is', () =>
  withStars(`${STARS}; CREATE TABLE elsewhere (id int)`, async ({ client, state }) => {
    const before = await state();
    for (const sql of [
      'SELECT * FROM stars',
      'SELECT * FROM stars FOR UPDATE',
      'ANALYZE stars',
      'VACUUM stars',
      'CREATE INDEX ON stars (v)',
      'INSERT INTO elsewhere VALUES (1)',
      'BEGIN; DELETE FROM stars; ROLLBACK',
      'ALTER TABLE stars ADD unpublished int',
      'COMMENT ON TABLE stars IS $$Stars$$',
    ])
      await client.query(sql);
    assert.equal(await state(), before);
    await compactMarks(client, (await readTable(client, 'public.stars'))!);
    assert.equal(await state(), before);
    const other = await tableState(client, (await readTable(client, 'public.stars'))!, { layout: 2 });
    assert.notEqual(other, before, 'files that would be laid out otherwise');
  }));

test('labels of an enumeration and expressions of virtual columns are part of the state', () =>
  withStars(
    `CREATE TYPE kind AS ENUM ('star', 'galaxy');
     CREATE TABLE stars (id int PRIMARY KEY, ra float8, dec float8, kind kind, twice float8 GENERATED ALWAYS AS (2 * ra) VIRTUAL)`,
    async ({ client, state }) => {
      const states = [await state()];
      await client.query(`ALTER TYPE kind RENAME VALUE 'star' TO 'dwarf'`);
      states.push(await state());
      await client.query('ALTER TABLE stars ALTER twice SET EXPRESSION AS (3 * ra)');
      states.push(await state());
      assert.equal(new Set(states).size, 3);
      assert.ok(!states.includes(null));
    },
  ));

test('a transaction that commits after later ones is not lost', () =>
  withStars(STARS, async ({ client, url, state }) => {
    const [early, late] = await Promise.all([session(url), session(url)]);
    await early.query('BEGIN; UPDATE stars SET v = 1 WHERE id = 1');
    await late.query('BEGIN; UPDATE stars SET v = 1 WHERE id = 2');
    const before = await state();
    await late.query('COMMIT');
    await compactMarks(client, (await readTable(client, 'public.stars'))!);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const between = await state();
    await early.query('COMMIT');
    assert.equal(await state(), between, 'the snapshot is what counts');
    await client.query('COMMIT');
    const afterwards = await state();
    assert.equal(new Set([before, between, afterwards]).size, 3);
    await Promise.all([early.end(), late.end()]);
  }));

/** A repeatable random number below n. */
function numbers(seed: number): (n: number) => number {
  let value = seed;
  return (n) => {
    value = (value * 48271) % 2147483647;
    return value % n;
  };
}

test('interleaved transactions: snapshots with the same state see the same rows, those with the same marks the same state', () =>
  withStars(STARS, async ({ client, url, state }) => {
    const table = (await readTable(client, 'public.stars'))!;
    const random = numbers(7);
    const writers = await Promise.all(Array.from({ length: 4 }, () => session(url)));
    const open = writers.map(() => false);
    const rowsOfState = new Map<string, string>();
    let changes = 0;
    for (let step = 0; step < 400; step++) {
      const at = random(4);
      const writer = writers[at]!;
      // Each has rows of its own, so that none waits for another.
      const id = 10 * at + 1 + random(10);
      const action = random(8);
      if (!open[at]) {
        await writer.query(action % 2 ? 'BEGIN' : 'BEGIN ISOLATION LEVEL REPEATABLE READ');
        open[at] = true;
      } else if (action < 2) {
        await writer.query(action === 0 ? 'COMMIT' : 'ROLLBACK');
        open[at] = false;
      } else if (action === 2) {
        await writer.query(`SAVEPOINT s; UPDATE stars SET v = ${step} WHERE id = ${id}; ROLLBACK TO s`);
      } else if (action === 3) {
        await writer.query(`SAVEPOINT s; UPDATE stars SET v = ${step} WHERE id = ${id}; RELEASE s`);
      } else if (action === 4) {
        await compactMarks(client, table);
      } else {
        await writer.query(
          `INSERT INTO stars VALUES (${id}, 1, 2, ${step}) ON CONFLICT (id) DO UPDATE SET v = excluded.v`,
        );
      }
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      const now = (await state())!;
      const { rows } = await client.query(`SELECT string_agg(s::text, ' ' ORDER BY id) AS all FROM stars s`);
      await client.query('COMMIT');
      const known = rowsOfState.get(now);
      if (known === undefined) changes++;
      else assert.equal(rows[0].all, known, `step ${step}`);
      rowsOfState.set(now, rows[0].all);
    }
    assert.ok(changes > 10 && changes < 150, `${changes} states`);
    await Promise.all(writers.map((writer) => writer.end()));
  }));

test('marks are one for each transaction, do not pile up, and writers do not wait for each other', () =>
  withStars(STARS, async ({ client, url, state }) => {
    const table = (await readTable(client, 'public.stars'))!;
    const count = async () =>
      (await client.query('SELECT count(*)::int AS n FROM almagest.changes')).rows[0].n;
    await client.query(
      'BEGIN; UPDATE stars SET v = 1; UPDATE stars SET v = 2; INSERT INTO stars VALUES (100, 1, 1, 1); COMMIT',
    );
    assert.equal(await count(), 1);
    const other = await session(url);
    await other.query('BEGIN; UPDATE stars SET v = 3 WHERE id = 1');
    // Neither the writer nor the compaction waits for a transaction that goes on.
    await client.query(`SET lock_timeout = '1s'`);
    await client.query(
      `DO $$ BEGIN FOR i IN 1..3000 LOOP UPDATE public.stars SET v = i WHERE id = 2; COMMIT; END LOOP; END $$`,
    );
    const before = await state();
    assert.ok((await count()) < 3000, 'writers compact now and then');
    await compactMarks(client, table);
    assert.equal(await count(), 1);
    assert.equal(await state(), before);
    await other.query('COMMIT');
    assert.notEqual(await state(), before);
    await compactMarks(client, table);
    assert.equal((await client.query('SELECT sum(marks)::int AS n FROM almagest.changes')).rows[0].n, 3002);
    await other.end();
  }));

test('who may write into a published table may go on, and leaves marks', () =>
  withStars(STARS, async ({ client, state }) => {
    const role = `feeder_${client.database}`;
    await client.query(
      `CREATE ROLE ${role}; GRANT INSERT, UPDATE, DELETE, TRUNCATE, SELECT ON stars TO ${role}; CREATE SCHEMA trap;
       CREATE FUNCTION trap.gen_random_uuid() RETURNS uuid LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$; GRANT USAGE ON SCHEMA trap TO ${role}`,
    );
    const before = await state();
    await client.query(
      `SET ROLE ${role}; SET search_path = trap, pg_catalog; UPDATE public.stars SET v = 1; SET search_path = public; RESET ROLE`,
    );
    const updated = await state();
    await client.query(`SET ROLE ${role}; TRUNCATE stars; RESET ROLE`);
    assert.equal(new Set([before, updated, await state()]).size, 3);
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }));

test('a subscription of logical replication, which fires the triggers of rows alone, leaves marks', () =>
  withStars(STARS, async ({ client }) => {
    const marks = async () =>
      (await client.query('SELECT coalesce(sum(marks), 0)::int AS n FROM almagest.changes')).rows[0].n;
    await client.query('DROP TRIGGER almagest_changes ON stars; UPDATE stars SET v = 1');
    assert.equal(await marks(), 0);
    await client.query(
      'SET session_replication_role = replica; UPDATE stars SET v = 2; DELETE FROM stars WHERE id = 3',
    );
    assert.equal(await marks(), 1, 'one transaction, one mark');
  }));

test('a partitioned table: writes into it, into a partition, a partition detached or added', () =>
  withStars(
    `CREATE TABLE stars (id int PRIMARY KEY, ra float8, dec float8) PARTITION BY RANGE (id);
     CREATE TABLE low PARTITION OF stars FOR VALUES FROM (0) TO (10); CREATE TABLE high PARTITION OF stars FOR VALUES FROM (10) TO (20);
     INSERT INTO stars VALUES (1, 2, 3), (11, 2, 3)`,
    async ({ client, state }) => {
      const states = [await state()];
      for (const sql of [
        'UPDATE stars SET ra = 4 WHERE id = 1',
        'UPDATE low SET ra = 5',
        'ALTER TABLE stars DETACH PARTITION high',
      ]) {
        await client.query(sql);
        states.push(await state());
      }
      assert.equal(new Set(states).size, 4);
      assert.ok(!states.includes(null));
      await client.query('CREATE TABLE more PARTITION OF stars FOR VALUES FROM (30) TO (40)');
      assert.equal(await state(), null, 'nobody would notice what is written into the new one');
      await markChanges(client, (await readTable(client, 'public.stars'))!, { concurrently: true });
      assert.notEqual(await state(), null);
    },
  ));

test('a table that is a partition itself is written by way of the whole', () =>
  withMigratedDatabase(server, async (client) => {
    await client.query(
      `SET search_path = public; CREATE TABLE whole (id int PRIMARY KEY, ra float8, dec float8) PARTITION BY RANGE (id);
       CREATE TABLE stars PARTITION OF whole FOR VALUES FROM (0) TO (10)`,
    );
    await publishTable(client, 'public.stars', OPTIONS);
    const table = (await readTable(client, 'public.stars'))!;
    const before = await tableState(client, table, null);
    await client.query('INSERT INTO whole VALUES (1, 2, 3)');
    assert.notEqual(before, null);
    assert.notEqual(await tableState(client, table, null), before);
  }));

const UNKNOWN: [string, string][] = [
  ['a view', 'CREATE VIEW stars AS SELECT 1 AS id, 2 AS ra, 3 AS dec'],
  ['a materialized view', 'CREATE MATERIALIZED VIEW stars AS SELECT 1 AS id, 2 AS ra, 3 AS dec'],
  [
    'an unlogged table, which a crash empties',
    'CREATE UNLOGGED TABLE stars AS SELECT 1 AS id, 2 AS ra, 3 AS dec',
  ],
];

for (const [what, sql] of UNKNOWN) {
  test(`the state of ${what} is not known`, () =>
    withStars(sql, async ({ state }) => assert.equal(await state(), null)));
}

const BROKEN: [string, string][] = [
  ['dropped', 'DROP TRIGGER almagest_changes ON stars'],
  ['disabled', 'ALTER TABLE stars DISABLE TRIGGER ALL'],
  [
    'enabled as a restore enables them',
    'ALTER TABLE stars DISABLE TRIGGER ALL; ALTER TABLE stars ENABLE TRIGGER ALL',
  ],
  [
    'of some columns only',
    'DROP TRIGGER almagest_changes ON stars; CREATE TRIGGER almagest_changes AFTER UPDATE OF v ON stars EXECUTE FUNCTION almagest.mark_change(); ALTER TABLE stars ENABLE ALWAYS TRIGGER almagest_changes',
  ],
];

for (const [what, sql] of BROKEN) {
  test(`triggers that are ${what}: the state is not known until the table is published again`, () =>
    withStars(STARS, async ({ client, state }) => {
      await client.query(sql);
      assert.equal(await state(), null);
      await publishTable(client, 'public.stars', { ...OPTIONS, replace: true });
      assert.notEqual(await state(), null);
    }));
}

test("someone else's table is published without triggers, and its owner told what to run", () =>
  withTestDatabase(server, async (client, url) => {
    const role = `publisher_${client.database}`;
    await client.query(
      `${STARS}; CREATE ROLE ${role} LOGIN PASSWORD 'publisher'; GRANT CREATE ON DATABASE ${client.database} TO ${role}; GRANT SELECT ON stars TO ${role}`,
    );
    const publisher = await connect(
      Object.assign(new URL(url), { username: role, password: 'publisher' }).href,
    );
    await migrate(publisher);
    const { missingTriggers } = await publishTable(publisher, 'public.stars', OPTIONS);
    assert.equal(missingTriggers.length, 4);
    const table = (await readTable(publisher, 'public.stars'))!;
    assert.equal(await tableState(publisher, table, null), null);
    await client.query(missingTriggers.join(';'));
    const before = await tableState(publisher, table, null);
    assert.notEqual(before, null);
    await client.query('DELETE FROM stars');
    assert.notEqual(await tableState(publisher, table, null), before);
    await publisher.end();
    await client.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  }));

test('rows that depend on who asks have no state', () =>
  withTestDatabase(server, async (client, url) => {
    const role = `owner_${client.database}`;
    await client.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'owner'; GRANT CREATE ON DATABASE ${client.database} TO ${role}; GRANT CREATE ON SCHEMA public TO ${role}`,
    );
    const owner = await connect(Object.assign(new URL(url), { username: role, password: 'owner' }).href);
    await migrate(owner);
    await owner.query(`SET search_path = public; ${STARS}`);
    await publishTable(owner, 'public.stars', OPTIONS);
    const table = (await readTable(owner, 'public.stars'))!;
    assert.notEqual(await tableState(owner, table, null), null);
    await owner.query('ALTER TABLE stars ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY');
    assert.equal(await tableState(owner, table, null), null);
    await owner.end();
    await client.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  }));

test('publishing does not hold up those who write', () =>
  withStars(STARS, async ({ client, url, state }) => {
    await client.query('DROP TRIGGER almagest_changes ON stars');
    const writer = await session(url);
    await writer.query('BEGIN; UPDATE stars SET v = 1 WHERE id = 1');
    const { missingTriggers } = await publishTable(client, 'public.stars', { ...OPTIONS, replace: true });
    assert.equal(missingTriggers.length, 2, 'somebody was writing all the time');
    await writer.query('COMMIT');
    assert.equal(await state(), null);
    await client.query(missingTriggers.join(';'));
    assert.notEqual(await state(), null);
    await writer.end();
  }));
