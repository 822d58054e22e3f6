import { html } from 'hono/html';
import type { Release } from '../../engine/catalog/release.ts';
import type { HealpixKernel } from '../../engine/healpix-wasm/kernel.ts';
import { exampleImage } from '../sia/example-image.ts';

/** How to find images: a form, and the addresses for programs. */
export function imagesSection(kernel: HealpixKernel, images: Release, root: string) {
  const { lon, lat } = exampleImage(kernel, images) ?? { lon: 0, lat: 0 };
  return html`<section class="card" id="images" aria-labelledby="images-name">
<h2 id="images-name">Images</h2>
<p>${images.manifest.rows.toLocaleString('en')} images and cubes, found by where they are, when they were taken and in which band: by
<a href="https://www.ivoa.net/documents/SIA/">Simple Image Access</a> (give <code>${root}/sia2</code> to pyVO, or
<code>${root}/sia</code> to Aladin and TOPCAT), or as the table <a href="#ivoa.obscore">ivoa.obscore</a> in ADQL. Each leads to its files, previews and cutouts by DataLink.</p>
<form action="sia2/query" method="get">
<label>Region: CIRCLE, RANGE or POLYGON, degrees <input name="POS" required value="CIRCLE ${lon} ${lat} 0.1"></label>
<label>Format <select name="RESPONSEFORMAT">
<option value="html">HTML</option><option value="votable">VOTable</option><option value="csv">CSV</option><option value="json">JSON</option>
</select></label>
<button>Find images</button>
</form>
</section>`;
}
