import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/**
 * What PostgreSQL keeps of a password (RFC 5803, as pg_authid.rolpassword has it). Given to ALTER ROLE in the password's place, it keeps
 * the password out of the server's log.
 * @param iterations which whoever guesses must do for each guess, and whoever logs in for each connection.
 */
export function scramVerifier(password: string, iterations: number, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const key = (name: string) => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest();
  const [saltText, storedText, server] = [salt, stored, key('Server Key')].map((bytes) =>
    bytes.toString('base64'),
  );
  return `SCRAM-SHA-256$${iterations}:${saltText}$${storedText}:${server}`;
}
