import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Manifest, Skymap } from '../../engine/catalog/manifest.ts';
import { cellArea } from '../../engine/healpix-wasm/cell-area.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { mollweide } from './mollweide.ts';

/** Shades, from the emptiest cells to the fullest. */
const SHADES = 6;

/** SVG units of the unit of the projection: coordinates are whole numbers. */
const SCALE = 1000;

/** A point of the map in SVG units. */
type Point = readonly [x: number, y: number];

/** A release never changes, and its map costs 10 ms: it is drawn once. */
const drawn = new WeakMap<Manifest, HtmlEscapedString | Promise<HtmlEscapedString>>();

/**
 * Where on the sky a release has its rows, and how many: an all-sky map in SVG, right ascension 0 in the middle. Nothing for a
 * table without positions.
 */
export function skyMap(kernel: HealpixKernel, manifest: Manifest) {
  if (manifest.skymap === null) return '';
  const map = drawn.get(manifest) ?? draw(kernel, manifest.catalog, manifest.skymap);
  drawn.set(manifest, map);
  return map;
}

function draw(kernel: HealpixKernel, catalog: string, { order, rows }: Skymap) {
  const filled = rows.filter((count) => count > 0);
  const least = Math.min(...filled);
  const most = Math.max(...filled);
  const shades = Array.from({ length: SHADES }, () => '');
  rows.forEach((count, cell) => {
    if (count > 0) shades[shadeOf(count, least, most)] += cellPath(kernel, order, BigInt(cell));
  });
  const covered = Math.round((100 * filled.length) / rows.length);
  const density = (count: number): string =>
    (count / cellArea(order)).toLocaleString('en', { maximumSignificantDigits: 2 });
  const clip = `sky-of-${encodeURIComponent(catalog)}`.replaceAll('%', '_');
  return html`<figure class="sky">
<svg viewBox="-2040 -1040 4080 2080" role="img" aria-label="Map of the whole sky: ${covered} % of it has rows">
<clipPath id="${clip}"><ellipse rx="2000" ry="1000"/></clipPath>
<g clip-path="url('#${clip}')">
${shades.map((path, shade) => html`<path class="s${shade}" d="${raw(path)}"/>`)}
<path class="grid" d="${raw(graticule())}"/>
</g>
<ellipse class="outline" rx="2000" ry="1000"/>
</svg>
<figcaption>Rows on the sky: right ascension 0h in the middle and growing to the left, north up.
${filled.length === 0 ? 'There are none.' : `${density(least)} to ${density(most)} per square degree.`}</figcaption>
</figure>`;
}

/** On a logarithmic scale. */
function shadeOf(count: number, least: number, most: number): number {
  if (most <= least) return SHADES - 1;
  const fraction = Math.log(count / least) / Math.log(most / least);
  return Math.min(SHADES - 1, Math.floor(fraction * SHADES));
}

/** A cell as a closed path; one on the map's seam twice, half outside on either side, for the outline to clip. */
function cellPath(kernel: HealpixKernel, order: number, cell: bigint): string {
  const middle = centered(kernel.center(order, cell).lon);
  const vertices = kernel
    .vertices(order, cell)
    .map(({ lon, lat }) => ({ lon: middle + centered(lon - middle), lat }));
  const path = (shift: number): string =>
    `${linePath(vertices.map(({ lon, lat }) => mapPoint(lon + shift, lat)))}z`;
  const outside = vertices.find(({ lon }) => Math.abs(lon) > 180);
  return path(0) + (outside ? path(outside.lon > 0 ? -360 : 360) : '');
}

/** Meridians every 60° and parallels every 30°. */
function graticule(): string {
  const steps = (from: number, to: number, by: number): number[] =>
    Array.from({ length: (to - from) / by + 1 }, (_, step) => from + step * by);
  const meridians = steps(-120, 120, 60).map((lon) => steps(-90, 90, 5).map((lat) => mapPoint(lon, lat)));
  const parallels = steps(-60, 60, 30).map((lat) => [mapPoint(-180, lat), mapPoint(180, lat)]);
  return [...meridians, ...parallels].map(linePath).join('');
}

/** The first point, and the steps from each to the next: they are short numbers. */
function linePath(points: readonly Point[]): string {
  const steps = points.slice(1).map(([x, y], at) => `${x - points[at]![0]} ${y - points[at]![1]}`);
  return `M${points[0]!.join(' ')}l${steps.join(' ')}`.replaceAll(' -', '-');
}

/** Longitude in [−180, 180). */
function centered(lon: number): number {
  return ((((lon + 180) % 360) + 360) % 360) - 180;
}

function mapPoint(lon: number, lat: number): Point {
  const { x, y } = mollweide(lon, lat);
  return [Math.round(x * SCALE), Math.round(y * SCALE)];
}
