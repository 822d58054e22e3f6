import type pg from 'pg';
import { createTable } from '../../catalog-export/database/copy.ts';
import { indexPositions } from '../../catalog-export/database/positions-index.ts';
import { historyTable, keepHistory } from '../../catalog-export/database/row-history.ts';
import { describeSchema, writeTable } from '../../catalog-export/database/tap-schema.ts';
import { inTransaction } from '../../catalog-export/database/transaction.ts';
import { column } from '../../catalog-export/demo/columns.ts';
import { OBJECTS } from '../../catalog-export/demo/objects.ts';
import { STARS } from '../../catalog-export/demo/stars.ts';
import type { Table } from '../../engine/catalog/table.ts';
import { generatedRows, loadObscore } from '../obscore-rows.ts';

/** Bright stars and objects, few enough for joins of everything with everything. */
const SMALL_STARS: Table = { ...STARS, schema: 'small' };
const SMALL_OBJECTS: Table = { ...OBJECTS, schema: 'small' };

/** A column of each type that a table can have, with nulls, and the values that engines differ in. */
export const THINGS: Table = {
  schema: 'sample',
  name: 'things',
  description: 'Made up: a column of each type',
  utype: null,
  columns: [
    column({ name: 'id', datatype: 'long', ucd: 'meta.id;meta.main', description: null, indexed: true }),
    column({ name: 'ra', datatype: 'double', unit: 'deg', ucd: 'pos.eq.ra;meta.main', description: null }),
    column({ name: 'dec', datatype: 'double', unit: 'deg', ucd: 'pos.eq.dec;meta.main', description: null }),
    column({ name: 'radius', datatype: 'double', unit: 'deg', ucd: null, description: null }),
    column({ name: 'flag', datatype: 'boolean', ucd: null, description: null }),
    column({ name: 'byte', datatype: 'unsignedByte', ucd: null, description: null }),
    column({ name: 'small', datatype: 'short', ucd: null, description: null }),
    column({ name: 'total', datatype: 'int', ucd: null, description: null }),
    column({ name: 'big', datatype: 'long', ucd: null, description: null }),
    column({ name: 'single', datatype: 'float', unit: 'mag', ucd: null, description: null }),
    column({ name: 'flux', datatype: 'double', unit: 'Jy', ucd: null, description: null }),
    column({ name: 'word', datatype: 'unicodeChar', ucd: null, description: null }),
    column({ name: 'code', datatype: 'char', arraysize: '3*', ucd: null, description: null }),
    column({ name: 'seen', datatype: 'char', xtype: 'timestamp', ucd: 'time.epoch', description: null }),
    column({ name: 'parent', datatype: 'long', ucd: null, description: null }),
  ],
};

/** Rows without positions, some to each bright star, and of stars that there are not; no column identifies them. */
export const EPOCHS: Table = {
  schema: 'sample',
  name: 'epochs',
  description: 'Made up: what was measured when, and of which star',
  utype: null,
  columns: [
    column({ name: 'star', datatype: 'long', ucd: 'meta.id.parent', description: null, indexed: true }),
    column({ name: 'band', datatype: 'char', ucd: 'instr.bandpass', description: null }),
    column({ name: 'night', datatype: 'int', ucd: null, description: null }),
    column({ name: 'mag', datatype: 'float', unit: 'mag', ucd: 'phot.mag', description: null }),
    column({ name: 'flux', datatype: 'double', unit: 'Jy', ucd: 'phot.flux', description: null }),
  ],
};

/** The filters of J-PLUS, in the order of its arrays. */
const FILTERS = [
  ...['uJAVA', 'J0378', 'J0395', 'J0410', 'J0430', 'gSDSS', 'J0515', 'rSDSS'],
  ...['J0660', 'iSDSS', 'J0861', 'zSDSS'],
];

/** Arrays of each type, of one and of two dimensions, of fixed and of varying length, with nulls of both kinds. */
export const PHOTOMETRY: Table = {
  schema: 'sample',
  name: 'photometry',
  description: 'Made up: magnitudes in the filters of J-PLUS, and in eight apertures each',
  utype: null,
  enumerations: [
    { name: 'jplus', members: FILTERS.map((name) => ({ name, description: `Filter ${name} of J-PLUS` })) },
  ],
  columns: [
    column({ name: 'id', datatype: 'long', ucd: 'meta.id;meta.main', description: null, indexed: true }),
    column({ name: 'ra', datatype: 'double', unit: 'deg', ucd: 'pos.eq.ra;meta.main', description: null }),
    column({ name: 'dec', datatype: 'double', unit: 'deg', ucd: 'pos.eq.dec;meta.main', description: null }),
    column({
      name: 'mag_auto',
      datatype: 'float',
      arraysize: '12',
      unit: 'mag',
      ucd: 'phot.mag',
      description: null,
    }),
    column({
      name: 'mag_aper',
      datatype: 'float',
      arraysize: '8x12',
      unit: 'mag',
      ucd: 'phot.mag',
      description: null,
    }),
    column({ name: 'flags', datatype: 'short', arraysize: '12', ucd: 'meta.code', description: null }),
    column({ name: 'mask', datatype: 'boolean', arraysize: '*', ucd: 'meta.code', description: null }),
    column({
      name: 'spectrum',
      datatype: 'double',
      arraysize: '*',
      unit: 'Jy',
      ucd: null,
      description: null,
    }),
    column({ name: 'exposures', datatype: 'long', arraysize: '4*', ucd: 'meta.id', description: null }),
    column({ name: 'pairs', datatype: 'int', arraysize: '2x*', ucd: null, description: null }),
    column({
      name: 'place',
      datatype: 'double',
      arraysize: '2',
      xtype: 'point',
      ucd: null,
      description: null,
    }),
    column({
      name: 'field',
      datatype: 'double',
      arraysize: '3',
      xtype: 'circle',
      ucd: null,
      description: null,
    }),
    column({
      name: 'outline',
      datatype: 'double',
      arraysize: '*',
      xtype: 'polygon',
      ucd: null,
      description: null,
    }),
    column({
      name: 'period',
      datatype: 'double',
      arraysize: '2',
      xtype: 'interval',
      ucd: null,
      description: null,
    }),
  ],
};

const PHOTOMETRY_ROWS = `
  SELECT id, ra, dec,
         CASE WHEN id % 11 <> 0 THEN (SELECT array_agg(CASE (id + band) % 17 WHEN 3 THEN NULL WHEN 4 THEN 'NaN' ELSE 14 + band * 0.37 + id % 13 END ORDER BY band)
                                      FROM generate_series(1, 12) AS band) END::real[],
         CASE WHEN id % 7 <> 0 THEN (SELECT array_agg(apertures ORDER BY band)
           FROM (SELECT band, array_agg(12 + band * 0.5 - aperture * 0.1 + id % 10 ORDER BY aperture) AS apertures
                 FROM generate_series(1, 12) AS band, generate_series(1, 8) AS aperture GROUP BY band) AS bands) END::real[],
         (SELECT array_agg((id * band) % 4 ORDER BY band) FROM generate_series(1, 12) AS band)::smallint[],
         CASE id % 5 WHEN 0 THEN NULL WHEN 1 THEN '{}' WHEN 2 THEN '{t,NULL,f}' ELSE ARRAY[id % 2 = 0, true] END::boolean[],
         CASE id % 6 WHEN 0 THEN NULL WHEN 1 THEN '{}' WHEN 2 THEN '{NaN,Infinity,-Infinity,NULL,1e-300}'
                     ELSE (SELECT array_agg(sin(id * n) ORDER BY n) FROM generate_series(1, (id % 60)::integer) AS n) END::double precision[],
         CASE WHEN id % 3 <> 0 THEN ARRAY[id, id * 1234567890123, NULL] END::bigint[],
         CASE id % 4 WHEN 0 THEN NULL WHEN 1 THEN '{}' ELSE ARRAY[ARRAY[id, -id], ARRAY[1, NULL], ARRAY[3, 4]] END::integer[],
         CASE WHEN id % 9 <> 0 THEN ARRAY[ra, dec] END,
         CASE WHEN id % 9 <> 1 THEN ARRAY[ra, dec, 0.5] END,
         CASE WHEN id % 9 <> 2 THEN ARRAY[ra, 0, ra + 1, 0, ra + 1, 1, ra, 1] END,
         CASE WHEN id % 9 <> 3 THEN ARRAY['-Infinity'::double precision, id] END
  FROM (SELECT id, round((id * 137.50776405::numeric) % 350, 6)::double precision AS ra,
               round((id * 61.803398875::numeric) % 160 - 80, 6)::double precision AS dec
        FROM generate_series(1::bigint, 200) AS id) AS sky`;

const EPOCHS_ROWS = `
  SELECT star, band, night, CASE WHEN night % 7 <> 3 THEN (star % 97) * 0.25 + night END::real,
         CASE night WHEN 5 THEN 'NaN' ELSE star / 8.0 END::double precision
  FROM (SELECT source_id FROM small.stars UNION ALL SELECT -id FROM generate_series(1, 20) AS id) AS stars (star),
       (VALUES ('g'), ('r'), ('Ha')) AS bands (band), generate_series(1, 9) AS night
  WHERE (star + night) % 3 > 0`;

const DATASETS = 90;

const WORDS = [
  'alpha',
  'Alpha',
  'ALPHA',
  'beta',
  '',
  ' lead',
  'trail ',
  'naïve',
  'NAÏVE',
  'Ångström',
  'ß',
  'Ω',
  'ω',
  '星',
  'a%b',
  'a_b',
  'axb',
  'a\\b',
  "it's",
  '"q"',
  'Zeta',
  'zeta',
  '~',
  '[',
  'z z',
  'tab\tx',
  'line\nend',
  'é',
  'e\u0301',
  '🌟',
  'alpha beta',
  'one, two',
];

const THINGS_ROWS = `
  SELECT id,
         round((id * 137.50776405::numeric) % 360, 6)::double precision,
         round(degrees(asin(2 * ((id * 0.61803398875::numeric) % 1)::double precision - 1))::numeric, 6)::double precision,
         (id % 12)::double precision,
         CASE WHEN id % 7 <> 0 THEN id % 3 = 0 END,
         CASE WHEN id % 8 <> 0 THEN (id * 37) % 256 END::smallint,
         CASE WHEN id % 11 <> 0 THEN (id * 7919) % 65536 - 32768 END::smallint,
         CASE WHEN id % 5 <> 0 THEN (id - 200) * 10007 END::integer,
         CASE id WHEN 70 THEN 9223372036854775807 WHEN 71 THEN -9223372036854775808 WHEN 72 THEN 9223372036854775806
                 WHEN 73 THEN 9007199254740993 WHEN 74 THEN NULL ELSE (id - 100) * 1234567890123 END,
         CASE id WHEN 50 THEN 'NaN' WHEN 51 THEN 'Infinity' WHEN 52 THEN '-Infinity' WHEN 53 THEN '-0'
                 ELSE CASE WHEN id % 9 <> 0 THEN id * 0.37::real END END::real,
         CASE id WHEN 60 THEN 'NaN' WHEN 61 THEN 'Infinity' WHEN 62 THEN '-Infinity' WHEN 63 THEN '-0' WHEN 64 THEN 1e-30
                 WHEN 66 THEN 1e30 ELSE CASE WHEN id % 13 <> 0 THEN sin(id) * 1000 END END::double precision,
         CASE WHEN id % 33 <> 0 THEN ($1::text[])[1 + id % ${WORDS.length}] END,
         CASE WHEN id % 10 <> 0 THEN substr('abcdefghij', 1 + (id % 5)::integer, 1 + (id % 3)::integer) END,
         CASE id WHEN 80 THEN '1582-10-15' WHEN 81 THEN '9999-12-31 23:59:59.999999' WHEN 82 THEN '1969-12-31 23:59:59.999999'
                 WHEN 83 THEN '0001-01-01'
                 ELSE CASE WHEN id % 17 <> 0 THEN '2015-01-01'::timestamp + id * interval '1 hour 37 minutes 11.123457 seconds' END
         END::timestamp,
         CASE WHEN id % 4 <> 0 THEN id / 3 END
  FROM generate_series(1::bigint, 400) AS id`;

/** Loads and publishes what is in `small`, `sample` and `ivoa`, beside the demo. */
export async function loadSamples(client: pg.Client): Promise<void> {
  await describeSchema(client, 'small', 'Some of the demo');
  await describeSchema(client, 'sample', 'Made up');
  await publish(client, SMALL_STARS, 'source_id', 'SELECT * FROM hipparcos.stars WHERE vmag < 2.8');
  await publish(
    client,
    SMALL_OBJECTS,
    'id',
    "SELECT * FROM dso.objects WHERE ra IS NOT NULL AND (designation LIKE 'M %' OR designation LIKE 'B 3%')",
  );
  await publish(client, THINGS, 'id', THINGS_ROWS, [WORDS]);
  await publish(client, PHOTOMETRY, 'id', PHOTOMETRY_ROWS);
  for (const table of [SMALL_STARS, THINGS]) await keepVersions(client, table);
  await publish(client, EPOCHS, 'star, band, night', EPOCHS_ROWS);
  await loadObscore(client, generatedRows(DATASETS));
}

/** Keeps the versions of a table's rows, as `almagest publish --history` does. */
async function keepVersions(client: pg.Client, table: Table): Promise<void> {
  await inTransaction(client, () => keepHistory(client, table));
  await indexPositions(client, (await historyTable(client, table))!, { concurrently: false });
}

/** Changes rows that the releases have, of tables that keep versions of them: PostgreSQL answers as of the releases all the same. */
export async function changeRows(client: pg.Client): Promise<void> {
  await client.query(`
    DELETE FROM sample.things WHERE id % 5 = 0;
    UPDATE sample.things SET flux = flux + 1, word = 'changed', ra = 359 - ra WHERE id % 3 = 0;
    INSERT INTO sample.things (id, ra, dec, flux) SELECT 1000 + n, n, n, n FROM generate_series(1, 80) AS n;
    UPDATE small.stars SET vmag = vmag + 10, dec = -dec WHERE source_id % 2 = 0`);
}

async function publish(
  client: pg.Client,
  table: Table,
  key: string,
  rows: string,
  parameters: unknown[] = [],
): Promise<void> {
  const name = `${table.schema}.${table.name}`;
  await createTable(client, table);
  await client.query(`INSERT INTO ${name} ${rows}`, parameters);
  await client.query(`ALTER TABLE ${name} ADD PRIMARY KEY (${key})`);
  await writeTable(client, table);
  await indexPositions(client, table, { concurrently: false });
}
