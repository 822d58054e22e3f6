import pg from 'pg';

const CONNECT_MILLISECONDS = 5000;

/**
 * Connects to a database within five seconds.
 * @param variable of the environment that holds the URL.
 * @throws Error naming host, port, database and the reason, never the password.
 */
export async function connect(url: string, variable = 'DATABASE_URL'): Promise<pg.Client> {
  const client = clientFor(url, variable);
  // A connection lost between statements: the next statement fails with it, the process must not.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    throw new Error(`cannot reach PostgreSQL at ${describe(client)}: ${reason(error, variable)}`, {
      cause: error,
    });
  }
  return client;
}

function clientFor(url: string, variable: string): pg.Client {
  try {
    if (!/^postgres(ql)?:\/\//.test(url)) throw new TypeError('not a PostgreSQL URL');
    return new pg.Client({
      connectionString: url,
      application_name: 'almagest',
      connectionTimeoutMillis: CONNECT_MILLISECONDS,
    });
  } catch {
    // The URL holds a password: it is not repeated, and neither is an error that quotes it.
    throw new Error(`${variable} is not a PostgreSQL URL: write postgres://user:password@host:5432/database`);
  }
}

function describe(client: pg.Client): string {
  return `${client.host}:${client.port}, database "${client.database ?? ''}", user "${client.user ?? ''}"`;
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there; is the server running?',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be looked up',
  ENOENT: 'there is no such socket',
  ECONNRESET: 'the connection was closed; is that a PostgreSQL server?',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  '28P01': 'wrong password',
  '3D000': 'there is no such database',
};

function reason(error: unknown, variable: string): string {
  const { code = '', message } = error as { code?: string; message: string };
  if (/password must be a string/.test(message)) return `it wants a password, and ${variable} has none`;
  if (/timeout/i.test(message)) return `no answer in ${CONNECT_MILLISECONDS / 1000} s`;
  return REASONS[code] ?? message;
}
