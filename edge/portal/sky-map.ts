import { html, raw } from 'hono/html';
import type { Release } from '../../engine/catalog/release.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { rowsPerCell } from './density.ts';
import { mollweide } from './mollweide.ts';

/** HEALPix order of the map: 768 cells of 7.3°. */
const ORDER = 3;

/** Square degrees of a cell. */
const CELL_AREA = 129_600 / Math.PI / (12 * 4 ** ORDER);

/** Shades, from the emptiest cells to the fullest. */
const SHADES = 6;

/** Pixels of the unit of the projection. */
const SCALE = 100;

/** Where on the sky a release has its rows, and how many: an all-sky map in SVG, right ascension 0 in the middle. */
export function skyMap(kernel: HealpixKernel, { manifest }: Release) {
  const counts = rowsPerCell(
    manifest.partitions.flatMap(({ rowGroups }) => rowGroups),
    ORDER,
  );
  const filled = [...counts].filter((rows) => rows > 0);
  const least = Math.min(...filled);
  const most = Math.max(...filled);
  const shades = Array.from({ length: SHADES }, () => '');
  counts.forEach((rows, cell) => {
    if (rows > 0) shades[shadeOf(rows, least, most)] += cellPath(kernel, BigInt(cell));
  });
  const id = `outline-${manifest.catalog.replaceAll(/[^\w-]/g, '-')}`;
  const covered = ((100 * filled.length) / counts.length).toFixed(0);
  return html`<figure class="sky">
<svg viewBox="-204 -104 408 208" role="img" aria-label="Map of the whole sky: ${covered} % of it has rows">
<clipPath id="${id}"><ellipse rx="200" ry="100"/></clipPath>
<g clip-path="url(#${id})">
${shades.map((path, shade) => html`<path class="s${shade}" d="${raw(path)}"/>`)}
<path class="grid" d="${raw(graticule())}"/>
</g>
<ellipse class="outline" rx="200" ry="100"/>
</svg>
<figcaption>The whole sky, right ascension 0h in the middle and growing to the left, north up.
${filled.length === 0 ? 'No rows.' : `From ${perArea(least)} to ${perArea(most)} rows per square degree.`}</figcaption>
</figure>`;
}

/** On a logarithmic scale. */
function shadeOf(rows: number, least: number, most: number): number {
  if (most <= least) return SHADES - 1;
  const fraction = Math.log(rows / least) / Math.log(most / least);
  return Math.min(SHADES - 1, Math.floor(fraction * SHADES));
}

function perArea(rows: number): string {
  return (rows / CELL_AREA).toLocaleString('en', { maximumSignificantDigits: 2 });
}

/** A cell as a closed path; one on the map's seam twice, half outside on either side, for the outline to clip. */
function cellPath(kernel: HealpixKernel, cell: bigint): string {
  const middle = centered(kernel.center(ORDER, cell).lon);
  const vertices = kernel
    .vertices(ORDER, cell)
    .map(({ lon, lat }) => ({ lon: middle + centered(lon - middle), lat }));
  const path = (shift: number): string => {
    const points = vertices.map(({ lon, lat }) => mapPoint(lon + shift, lat));
    return `M${points.join('L')}Z`;
  };
  const seam = vertices.find(({ lon }) => Math.abs(lon) > 180);
  return path(0) + (seam ? path(seam.lon > 0 ? -360 : 360) : '');
}

/** Longitude in [−180, 180). */
function centered(lon: number): number {
  return ((((lon + 180) % 360) + 360) % 360) - 180;
}

function mapPoint(lon: number, lat: number): string {
  const { x, y } = mollweide(lon, lat);
  return `${round(x)} ${round(y)}`;
}

function round(coordinate: number): number {
  return Math.round(coordinate * SCALE * 10) / 10;
}

/** Meridians every 60° and parallels every 30°. */
function graticule(): string {
  const line = (points: string[]): string => `M${points.join('L')}`;
  const steps = (from: number, to: number, by: number): number[] =>
    Array.from({ length: (to - from) / by + 1 }, (_, i) => from + i * by);
  const meridians = steps(-120, 120, 60).map((lon) =>
    line(steps(-90, 90, 5).map((lat) => mapPoint(lon, lat))),
  );
  const parallels = steps(-60, 60, 30).map((lat) => line([mapPoint(-180, lat), mapPoint(180, lat)]));
  return [...meridians, ...parallels].join('');
}
