import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { tableFromIPC, Vector } from 'apache-arrow';
import { parquetReadObjects } from 'hyparquet';
import { column, DEC, exported, ID, RA, tableOf, withTable } from '../catalog-export/release/test-catalog.ts';
import { request } from './http.ts';
import { type RunningWorkers, startService } from './service.ts';
import { parseVotable } from './votable.ts';

const array = (name: string, arraysize: string) => ({ ...column(name, 'float'), arraysize });
const TABLE = tableOf([ID, RA, DEC, array('mag', '2x3'), array('series', '*')]);
const ROWS = [
  [1, 10, 20, '{{1,2},{3,4},{5,6.5}}', '{0.5,1.5}'],
  [2, 10.1, 20, '{{1,2},{3,4},{5,7.5}}', '{}'],
  [3, 10.2, 20, null, null],
];
type Row = Readonly<Record<string, unknown>>;

/** What a reader has of them. */
const EXPECTED: readonly Row[] = [
  { id: '1', mag: [1, 2, 3, 4, 5, 6.5], series: [0.5, 1.5] },
  { id: '2', mag: [1, 2, 3, 4, 5, 7.5], series: [] },
  { id: '3', mag: null, series: null },
];

const READERS: Readonly<Record<string, (body: Buffer) => readonly Row[] | Promise<Row[]>>> = {
  csv(body) {
    const [names, ...lines] = body.toString('utf8').trim().split('\r\n');
    return lines.map((line) => byName(names!.split(','), line.split(',').map(csvCell)));
  },
  json(body) {
    const { metadata, data } = JSON.parse(body.toString('utf8'));
    const names = metadata.map(({ name }: { name: string }) => name);
    return data.map((cells: unknown[]) => byName(names, cells));
  },
  'votable/td'(body) {
    const { fields, rows } = parseVotable(body.toString('utf8'));
    const names = fields.map(({ name }) => name!);
    assert.equal(fields[names.indexOf('mag')]!.arraysize, '2x3');
    return rows.map((cells) => byName(names, cells.map(csvCell)));
  },
  arrow: (body) => Array.from(tableFromIPC(body), (row) => ({ ...row.toJSON() })).map(ofVectors),
  parquet: (body) => parquetReadObjects({ file: Uint8Array.from(body).buffer }),
};

function byName(names: readonly string[], cells: readonly unknown[]): Row {
  return Object.fromEntries(names.map((name, at) => [name, cells[at]]));
}

/** A cell that is empty is a null, in CSV one of two quotes an array without elements. */
function csvCell(text: string): unknown {
  if (text === '') return null;
  const numbers = text === '""' ? [] : text.split(' ').map(Number);
  return numbers.length === 1 ? text : numbers;
}

/** TABLEDATA has no way to tell an array without elements from a null. */
function withoutEmpty(row: Row): Row {
  return (row.series as unknown[] | null)?.length === 0 ? { ...row, series: null } : row;
}

function ofVectors(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Vector ? Array.from(value) : value]),
  );
}

describe('arrays leave the workers as they are', { concurrency: false }, () => {
  let service: RunningWorkers;
  let finish = () => {};
  let done: Promise<void>;

  before(async () => {
    const ready = Promise.withResolvers<void>();
    done = withTable(TABLE, ROWS, async (catalog) => {
      await exported(catalog, TABLE);
      service = await startService({ bucketFolder: catalog.bucket, tap: true });
      ready.resolve();
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      await service.close();
    });
    done.catch(ready.reject);
    await ready.promise;
  });
  after(() => {
    finish();
    return done;
  });

  const query = encodeURIComponent('SELECT id, mag, series FROM survey.stars');
  const tap = (engine: string) => (format: string) =>
    `/tap/sync?LANG=ADQL&ENGINE=${engine}&RESPONSEFORMAT=${format}&QUERY=${query}`;
  const addresses: Record<string, (format: string) => string> = {
    'a cone': (format) => `/scs/survey.stars?RA=10.1&DEC=20&SR=1&RESPONSEFORMAT=${format}`,
    'the scan': tap('scan'),
    DuckDB: tap('duckdb'),
  };

  for (const [what, address] of Object.entries(addresses)) {
    for (const [format, read] of Object.entries(READERS)) {
      test(`${what}: ${format}`, async () => {
        const { status, body } = await request(service.url + address(format));
        assert.equal(status, 200, body.toString('utf8'));
        const rows = (await read(body)).map(({ id, mag, series }) => ({
          id: String(id),
          mag: mag ?? null,
          series: series ?? null,
        }));
        assert.deepEqual(
          rows.sort((a, b) => Number(a.id) - Number(b.id)),
          format === 'votable/td' ? EXPECTED.map(withoutEmpty) : EXPECTED,
        );
      });
    }
  }
});
