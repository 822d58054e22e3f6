import { createServer } from 'node:net';

/**
 * Makes sure that a service could listen there. Port 0 always can.
 * @throws Error saying which of PORT and ALMAGEST_HOST to change.
 */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (cause) {
    throw new Error(explain((cause as NodeJS.ErrnoException).code ?? String(cause), host, port), { cause });
  } finally {
    server.close();
  }
}

function explain(code: string, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is in use: stop the program that listens there, or choose another port: PORT=${port + 1} npm start`;
    case 'EACCES':
      return `this user may not listen on port ${port}: choose one above 1023, such as PORT=8787 npm start`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine: set ALMAGEST_HOST to one of its own, 0.0.0.0 for all of them, or leave it out for 127.0.0.1`;
    default:
      return `cannot listen on port ${port} of ${host}: ${code}`;
  }
}
