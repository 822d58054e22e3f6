import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorkerd } from '../../cli/service/workerd.ts';
import { workerdConfig } from '../../cli/service/workerd-config.ts';

/** workerd with a worker that does nothing but answer `bytes` constant bytes: what no service on it can beat. */
export async function startBareAnswer(bytes: number): Promise<{ url: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'almagest-bare-'));
  await writeFile(
    join(folder, 'worker.js'),
    `const body = new Uint8Array(${bytes}).fill(65);
     const headers = { 'content-type': 'text/xml' };
     export default { fetch: () => new Response(body, { headers }) };`,
  );
  const config = join(folder, 'config.capnp');
  await writeFile(
    config,
    workerdConfig({
      modules: [{ name: 'worker.js', type: 'esModule' }],
      compatibilityDate: '2026-10-20',
      compatibilityFlags: [],
      variables: [],
    }),
  );
  const workerd = await startWorkerd({
    bundle: { folder, config, variables: {}, output: '', built: true },
    bucketFolder: folder,
    host: '127.0.0.1',
    port: 0,
    log: (line) => console.error(line),
  });
  return {
    url: `http://127.0.0.1:${workerd.port}`,
    close: async () => {
      await workerd.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
