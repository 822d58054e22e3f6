import assert from 'node:assert/strict';
import test from 'node:test';
import type { Column } from '../../engine/catalog/column.ts';
import { plainColumn, scalar, TEXT } from '../../engine/upload/plain-column.ts';
import { findMainColumns, type MainFlags, markMainColumns } from './main-columns.ts';

function numbers(...names: string[]): Column[] {
  return names.map((name) => plainColumn(name, scalar('double')));
}
const id = (name: string, ucd: string | null = null): Column => ({
  ...plainColumn(name, scalar('long')),
  ucd,
});
const find = (columns: Column[], flags: MainFlags = {}, primaryKey: string | null = null) =>
  findMainColumns(columns, flags, primaryKey);

test('usual names are found, whatever their case', () => {
  assert.deepEqual(find([id('Source_ID'), ...numbers('RAJ2000', 'DEJ2000', 'Vmag')]), {
    id: 'Source_ID',
    ra: 'RAJ2000',
    dec: 'DEJ2000',
  });
});

test("VizieR's computed _RA gives way to the catalogue's own", () => {
  const columns = [id('id'), ...numbers('_ra', '_de', 'ra_icrs', 'de_icrs')];
  assert.deepEqual(find(columns), { id: 'id', ra: 'ra_icrs', dec: 'de_icrs' });
});

test('a UCD counts before a name, a flag before both', () => {
  const [ra, dec, lon, lat] = numbers('ra', 'dec', 'lon', 'lat') as [Column, Column, Column, Column];
  const columns = [
    id('id'),
    ra,
    dec,
    { ...lon, ucd: 'pos.eq.ra;meta.main' },
    { ...lat, ucd: 'POS_EQ_DEC_MAIN' },
  ];
  assert.deepEqual(find(columns), { id: 'id', ra: 'lon', dec: 'lat' });
  assert.equal(find(columns, { ra: 'RA' }).ra, 'ra');
});

test('the primary key is the identifier', () => {
  assert.equal(find([id('id'), id('number'), ...numbers('ra', 'dec')], {}, 'number').id, 'number');
});

test('a table that has no column like a position has none', () => {
  const columns = [id('id'), ...numbers('x', 'y')];
  assert.deepEqual(find(columns), { id: 'id', ra: null, dec: null });
  assert.deepEqual(find(columns, { identifier: false }), { id: null, ra: null, dec: null });
  assert.deepEqual(find(numbers('x', 'y')), { id: null, ra: null, dec: null });
  assert.deepEqual(find([id('number')], {}, 'number'), { id: 'number', ra: null, dec: null });
  assert.deepEqual(find(numbers('time'), {}, 'time'), { id: null, ra: null, dec: null });
  assert.deepEqual(find([id('number')], { id: 'number' }), { id: 'number', ra: null, dec: null });
});

test('columns called like a position need not be one', () => {
  const columns = [id('id'), ...numbers('ra', 'dec')];
  const main = find(columns, { position: false });
  assert.deepEqual(main, { id: 'id', ra: null, dec: null });
  const claimed = columns.map((column) => ({ ...column, ucd: 'pos.eq.ra;meta.main' }));
  assert.deepEqual(
    markMainColumns(claimed, main).map(({ ucd }) => ucd),
    ['meta.id;meta.main', 'pos.eq.ra', 'pos.eq.ra'],
  );
});

const FAULTS: [string, Column[], MainFlags, RegExp][] = [
  [
    'several candidates',
    [id('objid'), id('source_id'), ...numbers('ra', 'dec')],
    {},
    /several columns could be the identifier .* --id COLUMN: objid, source_id/,
  ],
  [
    'only one coordinate',
    [id('id'), ...numbers('x', 'dec')],
    {},
    /no column is known as the right ascension .* --ra COLUMN, or --no-position: id, x, dec/,
  ],
  [
    'a position that is and is not there',
    [id('id'), ...numbers('ra', 'dec')],
    { ra: 'ra', position: false },
    /--no-position says that there is no position, --ra and --dec which it is/,
  ],
  [
    'positions without an identifier',
    [id('id'), ...numbers('ra', 'dec')],
    { identifier: false },
    /--no-id is for tables without positions/,
  ],
  [
    'several candidates in a table without positions',
    [id('objid'), id('source_id')],
    {},
    /several columns could be the identifier .* --id COLUMN: objid, source_id/,
  ],
  [
    'a sexagesimal one',
    [id('id'), plainColumn('ra', TEXT), ...numbers('dec')],
    {},
    /column ra is char, the right ascension must be degrees/,
  ],
  [
    'a flag for a column that is not there',
    [id('id'), ...numbers('ra', 'dec')],
    { dec: 'de' },
    /--dec: there is no column "de": id, ra, dec/,
  ],
  [
    'a flag for a column that will not do',
    [id('id'), ...numbers('ra', 'dec')],
    { id: 'ra' },
    /--id: column ra is double, the identifier must be/,
  ],
];

for (const [what, columns, flags, message] of FAULTS) {
  test(`${what}: the error says what to do`, () => assert.throws(() => find(columns, flags), message));
}

test('main columns get their UCDs, in degrees and double precision; others lose the claim', () => {
  const columns = [
    id('id'),
    plainColumn('ra', scalar('float')),
    plainColumn('dec', scalar('int')),
    { ...plainColumn('ra2', scalar('double')), ucd: 'pos.eq.ra;meta.main' },
  ];
  const marked = markMainColumns(columns, { id: 'id', ra: 'ra', dec: 'dec' });
  assert.deepEqual(
    marked.map(({ datatype, unit, ucd }) => [datatype, unit, ucd]),
    [
      ['long', null, 'meta.id;meta.main'],
      ['double', 'deg', 'pos.eq.ra;meta.main'],
      ['double', 'deg', 'pos.eq.dec;meta.main'],
      ['double', null, 'pos.eq.ra'],
    ],
  );
});

test('positions in hours or radians are refused', () => {
  const [ra, dec] = numbers('ra', 'dec') as [Column, Column];
  const columns = [id('id'), { ...ra, unit: 'h' }, dec];
  assert.throws(
    () => markMainColumns(columns, { id: 'id', ra: 'ra', dec: 'dec' }),
    /column ra is in "h": positions must be in degrees/,
  );
});
