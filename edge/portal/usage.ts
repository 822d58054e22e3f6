import { html } from 'hono/html';
import type { Cone } from '../../engine/healpix-wasm/kernel.ts';

/** Examples to copy, for the programs that astronomers use. `url` is a catalogue's cone search. */
export function usageSection(url: string, { lon, lat, radius }: Cone) {
  const query = `RA=${lon}&DEC=${lat}&SR=${radius}`;
  return html`<section class="card" id="use" aria-labelledby="use-name">
<h2 id="use-name">How to use it</h2>
<h3>Python, with pyVO</h3>
<pre><code>import pyvo
service = pyvo.dal.SCSService("${url}")
stars = service.search(pos=(${lon}, ${lat}), radius=${radius})
print(stars.to_table())</code></pre>
<h3>Python, with astropy alone</h3>
<pre><code>from astropy.table import Table
stars = Table.read("${url}?${query}", format="votable")</code></pre>
<h3>TOPCAT</h3>
<p>VO → Cone Search → Cone URL: <code>${url}</code></p>
<h3>STILTS: match a table of positions</h3>
<pre><code>stilts coneskymatch serviceurl='${url}' \\
    in=mine.fits ra=ra dec=dec sr=0.001 out=matched.fits</code></pre>
<h3>Thousands of positions in one request</h3>
<p>A CSV file with the columns <code>id</code>, <code>ra</code> and <code>dec</code>, in degrees, and a radius for all: the answer is one table.</p>
<pre><code>curl '${url}/cones?SR=0.001&amp;RESPONSEFORMAT=csv' \\
    -H 'Content-Type: text/csv' --data-binary @mine.csv</code></pre>
<p>With <code>NEAREST=1</code> each position has its nearest row alone, with <code>UNMATCHED=keep</code> a row even where nothing is near.</p>
<h3>curl</h3>
<pre><code>curl '${url}?${query}&amp;RESPONSEFORMAT=csv'</code></pre>
</section>`;
}
