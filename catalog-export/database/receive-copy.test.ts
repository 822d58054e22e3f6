import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { startTestDatabase, withTestDatabase } from '../../test/postgres.ts';
import { connect } from './connect.ts';
import { type CopyReceiver, receiveCopy } from './receive-copy.ts';

const server = await startTestDatabase();
after(() => server.close());

/** Puts COPY's data together again, byte by byte. */
function collector(wait: () => Promise<void> | null = () => null): CopyReceiver & { data(): string } {
  const data: number[] = [];
  let head: number[] = [];
  let left = 0;
  return {
    read(bytes) {
      let at = 0;
      for (; at < bytes.length; at += 1) {
        if (left > 0) {
          data.push(bytes[at]!);
          left -= 1;
          continue;
        }
        if (head.length === 0 && bytes[at] !== 'd'.charCodeAt(0)) break;
        head.push(bytes[at]!);
        if (head.length < 5) continue;
        left = Buffer.from(head).readUInt32BE(1) - 4;
        head = [];
      }
      return at;
    },
    wait,
    data: () => Buffer.from(data).toString(),
  };
}

/** `seen(n)` gives n, with a notice for each, and fails at one. */
const SEEN = `
  CREATE FUNCTION seen(n int, fails int) RETURNS int LANGUAGE plpgsql AS $$
  BEGIN
    IF n = fails THEN RAISE EXCEPTION 'no %', n; END IF;
    RAISE NOTICE 'at %', n;
    RETURN n;
  END $$`;

const copyOf = (rows: number, fails = 0) =>
  `COPY (SELECT seen(n, ${fails}) FROM generate_series(1, ${rows}) AS n) TO STDOUT`;

const copyOfNumbers = 'COPY (SELECT generate_series(1, 10000000)) TO STDOUT';

const numbers = (rows: number) => Array.from({ length: rows }, (_, n) => `${n + 1}\n`).join('');

async function isUsable(client: pg.Client): Promise<boolean> {
  return (await client.query('SELECT 1 AS one')).rows[0].one === 1;
}

test('all data comes, notices among it go to the client, and the connection can be used again', () =>
  withTestDatabase(server, async (client) => {
    await client.query(SEEN);
    const notices: string[] = [];
    client.on('notice', ({ message }) => notices.push(message ?? ''));
    const receiver = collector();
    await receiveCopy(client, copyOf(20_000), receiver);
    assert.equal(receiver.data(), numbers(20_000));
    assert.equal(notices.length, 20_000);
    assert.ok(await isUsable(client));
    const nothing = collector();
    await receiveCopy(client, copyOf(0), nothing);
    assert.equal(nothing.data(), '');
  }));

test('nothing more is read while the receiver waits', () =>
  withTestDatabase(server, async (client) => {
    let waiting = false;
    let waits = 0;
    const receiver = collector(() => {
      assert.equal(waiting, false);
      waiting = true;
      waits += 1;
      return setImmediate().then(() => {
        waiting = false;
      });
    });
    await receiveCopy(client, 'COPY (SELECT generate_series(1, 100000)) TO STDOUT', receiver);
    assert.equal(receiver.data(), numbers(100_000));
    assert.ok(waits > 1);
  }));

test('an error of PostgreSQL half-way is thrown, and the connection can be used again', () =>
  withTestDatabase(server, async (client) => {
    await client.query(SEEN);
    await assert.rejects(receiveCopy(client, copyOf(20_000, 10_000), collector()), /no 10000/);
    await assert.rejects(
      receiveCopy(client, 'COPY nothing TO STDOUT', collector()),
      /"nothing" does not exist/,
    );
    assert.ok(await isUsable(client));
  }));

test('what the receiver throws is thrown', () =>
  withTestDatabase(server, async (client) => {
    const fault = new Error('the disk is full');
    await assert.rejects(
      receiveCopy(
        client,
        copyOfNumbers,
        collector(() => Promise.reject(fault)),
      ),
      fault,
    );
    await client.end();
  }));

test('what the receiver throws while it reads is thrown', () =>
  withTestDatabase(server, async (client) => {
    const fault = new Error('no such rows');
    const receiver: CopyReceiver = {
      read() {
        throw fault;
      },
      wait: () => null,
    };
    await assert.rejects(receiveCopy(client, copyOfNumbers, receiver), fault);
    await client.end();
  }));

test('a connection that is lost is an error', () =>
  withTestDatabase(server, async (client, url) => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const killer = await connect(url);
    const lost = collector(() =>
      killer.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]).then(() => {}),
    );
    client.on('error', () => {});
    await assert.rejects(receiveCopy(client, copyOfNumbers, lost), /terminat/);
    await killer.end();
  }));
