import { bytesSource, imageWcs, openImage, readHdus, writeImage } from '../../engine/fits/index.ts';
import type { FitsKernel } from '../../engine/fits-wasm/index.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { writeCompressedImage } from './compress-plate.ts';
import { expose, type StarsOnPlate } from './expose.ts';
import { fieldRadius, type Plate, plateCards } from './plates.ts';
import type { StarColumns } from './stars.ts';

export interface PlateKernels {
  readonly fits: FitsKernel;
  readonly kernel: HealpixKernel;
}

/** Bright stars beyond the border light it too. */
const AROUND = 1.1;

/** Of a star whose colour is not known: the Sun's. */
const USUAL_COLOR = 0.65;

/** The FITS file of a plate, the same each time. */
export async function renderPlate(
  kernels: PlateKernels,
  plate: Plate,
  stars: StarColumns,
): Promise<Uint8Array<ArrayBuffer>> {
  const { name, field, sky, blur, compressed } = plate;
  const { width, height } = field;
  const cards = plateCards(plate);
  const seed = [...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), 7);
  const pixels = expose(await starsOn(kernels, plate, stars), { width, height, sky, blur, seed });
  return compressed
    ? writeCompressedImage(cards, pixels, width, height)
    : writeImage(cards, pixels, [width, height]);
}

/** Where the header says that stars are: so its WCS cannot be wrong about them. */
async function starsOn(
  { fits, kernel }: PlateKernels,
  plate: Plate,
  stars: StarColumns,
): Promise<StarsOnPlate> {
  const { width, height } = plate.field;
  const blank = writeImage(plateCards(plate), new Int16Array(width * height), [width, height]);
  const [hdu] = await readHdus(bytesSource(plate.name, blank));
  const wcs = imageWcs(fits, openImage(hdu!));
  const { ra, dec } = plate.field;
  const cone = { lon: ra, lat: dec, radius: AROUND * fieldRadius(plate.field) };
  const { row } = kernel.coneRows(cone, stars.ra, stars.dec, null);
  const of = (column: Float64Array) => Float64Array.from(row, (at) => column[at]!);
  const { x, y } = wcs.skyToPixel(of(stars.ra), of(stars.dec));
  const counts = Float64Array.from(row, (at) => {
    const color = plate.band === 'V' ? 0 : (finite(stars.bv[at]!) ?? USUAL_COLOR);
    const magnitude = stars.vmag[at]! + color;
    return Number.isNaN(magnitude) ? 0 : plate.zeroPoint * plate.seconds * 10 ** (-0.4 * magnitude);
  });
  return { x, y, counts };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
