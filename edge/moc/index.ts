import { type Context, Hono } from 'hono';
import type { BlankEnv } from 'hono/types';
import { answerHeaders } from '../answer/answer-headers.ts';
import { matchesTag, releaseTag } from '../answer/entity-tag.ts';
import { openPositions } from '../catalogs.ts';
import type { Service } from '../service.ts';
import { chooseMocFormat } from './moc-format.ts';

/** The MOC of a catalogue's rows (MOC 2.0) as its release has it, at `/scs/{schema.table}/moc`. */
export function mocApp({ engine }: Service): Hono {
  const app = new Hono({ strict: false });
  app.get('/scs/:catalog/moc', async (c: Context<BlankEnv, '/scs/:catalog/moc'>) => {
    const address = c.req.param('catalog');
    const { file, mediaType } = chooseMocFormat(c.req.queries(), c.req.header('accept'));
    const release = await openPositions(engine, address);
    const { catalog, release: name } = release.manifest;
    const headers = answerHeaders(release, address, releaseTag(release.manifest, [file]));
    if (matchesTag(c.req.header('if-none-match'), headers.etag!)) {
      return new Response(null, { status: 304, headers });
    }
    const body = await engine.catalogs.file(release, file);
    headers['content-type'] = mediaType;
    headers['content-length'] = String(body.byteLength);
    // RFC 6266: a name by which a browser saves it, whatever letters the catalogue's has.
    headers['content-disposition'] =
      `inline; filename*=UTF-8''${encodeURIComponent(`${catalog}@${name}.${file}`)}`;
    return new Response(body, { headers });
  });
  return app;
}
