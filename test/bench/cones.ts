import { request } from '../http.ts';

const ARCSEC = 1 / 3600;
const SMALLEST = 1 * ARCSEC;
const LARGEST = 360 * ARCSEC;

interface Position {
  readonly ra: number;
  readonly dec: number;
}

/** Paths of cone searches around random stars; radii from 1″ to 6′, evenly in their logarithm. The same in every run. */
export function randomCones(catalog: string, stars: readonly Position[], count: number): string[] {
  const random = generator(20261121);
  return Array.from({ length: count }, () => {
    const { ra, dec } = stars[Math.floor(random() * stars.length)]!;
    const radius = SMALLEST * (LARGEST / SMALLEST) ** random();
    return `/scs/${catalog}?RA=${ra}&DEC=${dec}&SR=${radius.toFixed(7)}`;
  });
}

/** Positions of all stars of a catalogue, from a service that allows a cone of 180°. */
export async function allPositions(url: string, catalog: string): Promise<Position[]> {
  const everything = `${url}/scs/${catalog}?RA=0&DEC=0&SR=180&VERB=1&MAXREC=1000000&RESPONSEFORMAT=csv`;
  const { status, body } = await request(everything);
  if (status !== 200) throw new Error(`${everything}: ${status} ${body}`);
  const [, ...lines] = body.toString('utf8').trim().split(/\r?\n/);
  return lines.map((line) => {
    const [, ra, dec] = line.split(',').map(Number);
    return { ra: ra!, dec: dec! };
  });
}

/** mulberry32: numbers in [0, 1) that are the same on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
