import assert from 'node:assert/strict';
import test from 'node:test';
import type { ObscoreRow } from './row.ts';
import { OBSCORE } from './table.ts';

/** All of a row's names: the compiler refuses one that is missing or too many. */
const NAMES: Record<keyof ObscoreRow, true> = {
  dataproduct_type: true,
  calib_level: true,
  obs_collection: true,
  obs_id: true,
  obs_publisher_did: true,
  access_url: true,
  access_format: true,
  access_estsize: true,
  target_name: true,
  s_ra: true,
  s_dec: true,
  s_fov: true,
  s_region: true,
  s_xel1: true,
  s_xel2: true,
  s_resolution: true,
  t_min: true,
  t_max: true,
  t_exptime: true,
  t_resolution: true,
  t_xel: true,
  em_min: true,
  em_max: true,
  em_res_power: true,
  em_xel: true,
  o_ucd: true,
  pol_states: true,
  pol_xel: true,
  facility_name: true,
  instrument_name: true,
  obs_title: true,
  dataproduct_subtype: true,
  target_class: true,
  obs_creator_did: true,
  obs_release_date: true,
  s_pixel_scale: true,
  o_unit: true,
  em_filter_name: true,
};

test('a row has a value for each column', () => {
  assert.deepEqual(
    OBSCORE.columns.map(({ name }) => name),
    Object.keys(NAMES),
  );
});

test('what ObsCore defines has its utype, and is marked as such', () => {
  for (const { name, utype, std } of OBSCORE.columns) assert.equal(std, utype !== null, name);
  const utypes = OBSCORE.columns.flatMap(({ utype }) => utype ?? []);
  assert.equal(new Set(utypes).size, utypes.length);
  assert.ok(utypes.every((utype) => /^obscore:[A-Za-z0-9.]+$/.test(utype)));
});
