import assert from 'node:assert/strict';
import test from 'node:test';
import type { Column } from '../../engine/catalog/column.ts';
import type { Table } from '../../engine/catalog/table.ts';
import { mocOfRanges } from '../../engine/healpix-wasm/moc.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { Partition } from './partition.ts';
import { collectionProperties, hatsProperties, marginProperties } from './properties.ts';

function column(name: string, ucd: string, principal: boolean): Column {
  const rest = { arraysize: null, xtype: null, unit: null, utype: null, description: null };
  return { name, datatype: 'double', ucd, principal, indexed: false, std: false, ...rest };
}

function tableOf([id, ra, dec]: [string, string, string], description: string | null): Table {
  return {
    schema: 'survey',
    name: 'stars',
    description,
    utype: null,
    columns: [
      column(id, 'meta.id;meta.main', true),
      column(ra, 'pos.eq.ra;meta.main', true),
      column(dec, 'pos.eq.dec;meta.main', false),
      column('detail', 'meta.note', false),
    ],
  };
}

function propertiesOf(names: [string, string, string], description: string | null): Map<string, string> {
  const partition = (order: number, pixel: number): Partition => ({
    ...{ order, pixel, path: '', bytes: 1500, rows: 10, rowGroups: [] },
  });
  const text = hatsProperties({
    table: tableOf(names, description),
    created: '2026-11-21T12:00:00.000Z',
    partitions: [partition(0, 1), partition(1, 8), partition(1, 9)],
    maxRows: 20,
    maxBytes: 4096,
    skymap: { order: 10, others: [4] },
    moc: mocOfRanges(
      { start: new BigInt64Array([0n]), end: new BigInt64Array([4n ** 28n]), full: new Uint8Array(1) },
      10,
    ),
  });
  const lines = text.trim().split('\n').slice(1);
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

test('tells what HATS readers need', () => {
  assert.deepEqual(Object.fromEntries(propertiesOf(['id', 'RAJ2000', 'DEJ2000'], 'Stars')), {
    obs_collection: 'survey.stars',
    dataproduct_type: 'object',
    obs_description: 'Stars',
    hats_nrows: '30',
    hats_col_ra: 'RAJ2000',
    hats_col_dec: 'DEJ2000',
    hats_cols_default: 'id RAJ2000 DEJ2000',
    hats_cols_survey_id: 'id',
    hats_frame: 'equatorial',
    hats_col_healpix: '_healpix_29',
    hats_col_healpix_order: '29',
    hats_npix_suffix: '.parquet',
    hats_order: '1',
    hats_max_rows: '20',
    hats_max_bytes: '4096',
    hats_estsize: '5',
    hats_skymap_order: '10',
    hats_skymap_alt_orders: '4',
    moc_sky_fraction: '0.020833',
    hats_builder: `almagest v${packageJson.version}`,
    hats_creation_date: '2026-11-21T12:00Z',
    hats_release_date: '2025-08-22',
    hats_version: 'v1.0',
  });
});

test('a margin names its catalogue and distance, the collection both', () => {
  const table = tableOf(['id', 'ra', 'dec'], 'Stars');
  const created = '2026-11-21T12:00:00.000Z';
  const margin = marginProperties({ table, created, partitions: [] }, 2.5);
  for (const line of [
    'dataproduct_type=margin',
    'hats_margin_threshold=2.5',
    'hats_primary_table_url=catalog',
    'hats_nrows=0',
  ]) {
    assert.ok(margin.split('\n').includes(line), line);
  }
  const collection = collectionProperties(table, created, 'margin_2.5arcs');
  assert.match(
    collection,
    /^hats_primary_table_url=catalog\nall_margins=margin_2\.5arcs\ndefault_margin=margin_2\.5arcs$/m,
  );
});

test('stays one line per property, whatever a description holds', () => {
  const properties = propertiesOf(['id', 'ra', 'dec'], 'Two\nlines, a \\ and\r\nhats_nrows=7');
  assert.equal(properties.get('obs_description'), 'Two lines, a \\\\ and hats_nrows=7');
  assert.equal(properties.get('hats_nrows'), '30');
});

test('lists no default columns when a name would fall apart', () => {
  assert.equal(propertiesOf(['the id', 'ra', 'dec'], null).has('hats_cols_default'), false);
});
