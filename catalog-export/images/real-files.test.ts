import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { loadFitsKernel } from '../../engine/fits-wasm/node.ts';
import { loadKernel } from '../../engine/healpix-wasm/node.ts';
import type { Observation } from '../../engine/images/dataset.ts';
import { type AddedFile, describeImages } from './add.ts';
import { incomingFiles } from './incoming.ts';
import { NO_MAPPING } from './mapping.ts';

const { ALMAGEST_TEST_DATA: data } = process.env;

/** Centres are those of astropy.wcs (6.1), to a pixel. */
const EXPECTED: Readonly<Record<string, Partial<Observation>>> = {
  HorseHead: { s_ra: 85.275, s_dec: -2.4583, em_min: 5.9e-7, em_max: 6.9e-7, t_exptime: 3900 },
  M6707HH: { s_ra: 132.834, s_dec: 11.8118, target_name: 'M67', t_exptime: 3000, em_min: null },
  gc_2mass_h: { s_ra: 266.4, s_dec: -28.93333, em_filter_name: '2MASS H', t_min: null },
  gc_2mass_k: { s_ra: 266.4, s_dec: -28.93333, em_filter_name: '2MASS K' },
  gc_bolocam_gps: { s_ra: 266.4027, s_dec: -28.9436, em_min: 1.12e-3, o_ucd: 'phot.flux.density' },
  l1448_13co: { s_ra: 51.3338, s_dec: 30.6342, dataproduct_type: 'cube', facility_name: null },
  reprojected_sdss_g: { s_ra: 313.1702, s_dec: -5.69335, em_filter_name: 'SDSS g', t_exptime: 53.907456 },
  reprojected_sdss_i: { s_ra: 313.1702, s_dec: -5.69335 },
  reprojected_sdss_r: { s_ra: 313.1702, s_dec: -5.69335 },
};

test('real images are described, and the one without a WCS is refused', {
  skip: data === undefined && 'set ALMAGEST_TEST_DATA to the folder with images/',
}, async () => {
  const context = { fits: loadFitsKernel(), kernel: loadKernel(), mapping: NO_MAPPING };
  const files = await incomingFiles([join(data!, 'images')]);
  const described = new Map<string, AddedFile>();
  for await (const file of describeImages(files, {
    ...context,
    authority: 'almagest.example',
    collection: 'real',
  })) {
    described.set(file.file.split('/').at(-1)!.replace('.fits', ''), file);
  }
  const refused = [...described].filter(([, { outcome }]) => outcome === 'refused');
  assert.deepEqual(
    refused.map(([name]) => name),
    ['M13_blue_0001'],
  );
  assert.match(refused[0]![1].reason!, /no coordinates of the sky \(WCS\): CTYPE1 and CTYPE2 are missing/);
  for (const [name, expected] of Object.entries(EXPECTED)) {
    const { images } = described.get(name)!;
    assert.equal(images.length, 1, name);
    const { observation } = images[0]!;
    for (const [column, value] of Object.entries(expected)) {
      const told = observation[column as keyof Observation];
      if (typeof value !== 'number') assert.equal(told, value, `${name} ${column}`);
      else assert.ok(Math.abs(Number(told) - value) <= Math.abs(value) * 1e-5, `${name} ${column} ${told}`);
    }
  }
});
