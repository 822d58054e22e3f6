import type pg from 'pg';
import { markChanges } from '../../catalog-export/database/change-marks.ts';
import { quotedTable } from '../../catalog-export/database/identifier.ts';
import { describeSchema, writeTable } from '../../catalog-export/database/tap-schema.ts';
import type { Column, Datatype } from '../../engine/catalog/column.ts';
import type { Table } from '../../engine/catalog/table.ts';

/** A table that PostgreSQL fills by itself, the same in every run. */
export interface GeneratedTable {
  readonly table: Table;
  readonly label: string;
  /** Of columns `id`, from 1 to $1, and the others. */
  readonly rows: string;
}

const POSITION = `
  360 * random() AS ra,
  CASE WHEN id % 2 = 0 THEN degrees(asin(2 * random() - 1)) ELSE 30 * (random() + random() + random() - 1.5) END AS dec`;

/** Half of the stars are anywhere on the sphere, half of them near the equator. */
export const starsTable: GeneratedTable = {
  table: tableOf('stars', [
    column('pm_ra', 'double'),
    column('pm_dec', 'double'),
    column('parallax', 'double'),
    column('g_mag', 'float'),
    column('bp_rp', 'float'),
    column('observations', 'int'),
    column('field', 'short'),
    column('variable', 'boolean'),
    column('class', 'char', '*'),
  ]),
  label: '12 columns',
  rows: `
    SELECT id, ${POSITION},
      round((40 * random() - 20)::numeric, 3)::float8 AS pm_ra,
      round((40 * random() - 20)::numeric, 3)::float8 AS pm_dec,
      CASE WHEN id % 10 > 0 THEN 10 * random() ^ 4 END AS parallax,
      (21 - 12 * random() ^ 3)::float4 AS g_mag,
      (3 * random() - 0.5)::float4 AS bp_rp,
      (10 + 200 * random())::int4 AS observations,
      (1000 * random())::int2 AS field,
      random() < 0.01 AS variable,
      CASE WHEN random() < 0.9 THEN 'STAR' ELSE 'BINARY' END AS class
    FROM generate_series(1::int8, $1) AS id`,
};

/** As J-PLUS and J-PAS have them: magnitudes of an object in many filters and apertures, and their errors, 1,888 numbers in all. */
export const photometryTable: GeneratedTable = {
  table: tableOf('photometry', [column('mag', 'float', '16x59'), column('mag_error', 'float', '16x59')]),
  label: '5 columns, two of them arrays of 16 × 59 numbers',
  rows: `
    WITH measured AS MATERIALIZED (
      SELECT n, array_agg(apertures ORDER BY filter) AS mag
      FROM (
        SELECT n, filter, array_agg((15 + 10 * random())::float4) AS apertures
        FROM generate_series(0, 999) AS n, generate_series(1, 59) AS filter, generate_series(1, 16) GROUP BY n, filter
      ) AS filters
      GROUP BY n
    )
    SELECT id, ${POSITION}, one.mag, other.mag AS mag_error
    FROM generate_series(1::int8, $1) AS id
    JOIN measured AS one ON one.n = id % 1000
    JOIN measured AS other ON other.n = id * 7 % 1000`,
};

function tableOf(name: string, columns: readonly Column[]): Table {
  const position = [
    { ...column('id', 'long'), ucd: 'meta.id;meta.main' },
    { ...column('ra', 'double'), ucd: 'pos.eq.ra;meta.main', unit: 'deg' },
    { ...column('dec', 'double'), ucd: 'pos.eq.dec;meta.main', unit: 'deg' },
  ];
  return { schema: 'bench', name, description: 'Generated', utype: null, columns: [...position, ...columns] };
}

function column(name: string, datatype: Datatype, arraysize: string | null = null): Column {
  const rest = { xtype: null, ucd: null, unit: null, utype: null, description: null };
  return { name, datatype, arraysize, ...rest, principal: true, indexed: false, std: false };
}

/** Creates, fills and publishes a table in a migrated database. */
export async function fillTable(
  client: pg.Client,
  { table, rows }: GeneratedTable,
  count: number,
): Promise<void> {
  const name = quotedTable(table);
  await client.query('CREATE SCHEMA IF NOT EXISTS bench; SELECT setseed(0.5)');
  await client.query(`CREATE TABLE ${name} AS ${rows.replace('$1', String(count))}`);
  await client.query(`ALTER TABLE ${name} ADD PRIMARY KEY (id)`);
  await client.query(`VACUUM ANALYZE ${name}`);
  await describeSchema(client, table.schema, null);
  await writeTable(client, table);
  await markChanges(client, table, { concurrently: false });
}
