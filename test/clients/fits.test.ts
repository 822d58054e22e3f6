import { cp, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FitsError } from '../../engine/fits/errors.ts';
import {
  type FitsImage,
  type FitsSource,
  footprint,
  type Hdu,
  imageWcs,
  openImage,
  readHdus,
  type Section,
  sectionFits,
  spectralAxis,
} from '../../engine/fits/index.ts';
import { loadFitsKernel } from '../../engine/fits-wasm/node.ts';
import { runChecks, runPython, skipWithoutPython } from './clients.ts';

const POINTS = 40;
const CUTOUTS = 3;
const kernel = loadFitsKernel();

test('pixels and coordinates of FITS images are those of astropy', { skip: skipWithoutPython }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-fits-'));
  try {
    await runPython('check_fits.py', ['make', folder]);
    await addRealImages(folder);
    const results = [];
    for (const file of (await readdir(folder)).sort()) results.push(...(await ofFile(folder, file)));
    await writeFile(join(folder, 'results.json'), JSON.stringify(results));
    await runChecks(t, 'check_fits.py', ['check', folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Of $ALMAGEST_TEST_DATA, where there are any. */
async function addRealImages(folder: string): Promise<void> {
  const images = join(process.env.ALMAGEST_TEST_DATA ?? '/nowhere', 'images');
  for (const file of await readdir(images).catch(() => [])) {
    await cp(join(images, file), join(folder, `real_${file}`));
  }
}

async function ofFile(folder: string, file: string) {
  const handle = await open(join(folder, file));
  try {
    const { size } = await handle.stat();
    const source: FitsSource = {
      name: file,
      size,
      async read(offset, length) {
        const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
    };
    const hdus = await readHdus(source);
    const images = hdus.filter(({ kind }) => kind === 'image' || kind === 'compressed');
    const results = [];
    for (const hdu of images) results.push(await ofImage(folder, source, hdu));
    return results;
  } finally {
    await handle.close();
  }
}

async function ofImage(folder: string, source: FitsSource, hdu: Hdu) {
  const image = openImage(hdu);
  const cutouts = [];
  // One that is made to have its coordinates compared needs its pixels compared less often.
  const count = source.name.startsWith('wcs_') ? 1 : CUTOUTS;
  for (let n = 0; n < count; n++) {
    const section = randomSection(image);
    const file = `cutout_${n}_${hdu.index}_${source.name}`;
    const { stream } = sectionFits(kernel, source, image, section, ['A cutout']);
    await writeFile(join(folder, file), stream);
    cutouts.push({ file, ...section });
  }
  return { file: source.name, hdu: hdu.index, ...coordinatesOf(image), cutouts };
}

function coordinatesOf(image: FitsImage) {
  try {
    const wcs = imageWcs(kernel, image);
    const x = Float64Array.from({ length: POINTS }, () => 0.5 + random() * wcs.width);
    const y = Float64Array.from({ length: POINTS }, () => 0.5 + random() * wcs.height);
    const { lon, lat } = wcs.pixelToSky(x, y);
    const { x: backX, y: backY } = wcs.skyToPixel(lon, lat);
    const numbers = { x, y, lon, lat, backX, backY };
    const lists = Object.entries(numbers).map(([name, values]) => [name, [...values]]);
    const spectrum = spectralAxis(image);
    return {
      ...Object.fromEntries(lists),
      spectrum: spectrum && [spectrum.min, spectrum.max],
      footprint: footprintOf(() => footprint(wcs)),
    };
  } catch (error) {
    if (error instanceof FitsError) return { x: null, fault: `${error.code}: ${error.message}` };
    throw error;
  }
}

/** A map of all the sky has none. */
function footprintOf(find: () => number[]): number[] | null {
  try {
    return find();
  } catch (error) {
    if (error instanceof FitsError && error.code === 'unsupported-wcs') return null;
    throw error;
  }
}

function randomSection({ axes }: FitsImage): Section {
  const ends = axes.map(
    (side) => [1 + Math.floor(side * random()), 1 + Math.floor(side * random())] as const,
  );
  return {
    first: ends.map((pair) => Math.min(...pair)),
    last: ends.map((pair) => Math.max(...pair)),
  };
}

let state = 20_261_121;
/** A linear congruential generator: the same sections at every run. */
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
