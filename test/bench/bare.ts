import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MeasuredService, measured, plainBundle } from './service.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** workerd with a worker that does nothing but answer `bytes` constant bytes: what no service on it can beat. */
export async function startBareAnswer(bytes: number): Promise<MeasuredService> {
  const folder = await temporaryFolder('bare');
  await writeFile(
    join(folder, 'worker.js'),
    `const body = new Uint8Array(${bytes}).fill(65);
     const headers = { 'content-type': 'text/xml' };
     export default { fetch: () => new Response(body, { headers }) };`,
  );
  return measured({
    bundle: plainBundle(folder),
    bucketFolder: folder,
    listen: { host: '127.0.0.1', port: 0 },
    log: (line) => console.error(line),
  });
}
