import type {
  Job,
  JobError,
  JobFile,
  JobResult,
  ListedJob,
  ListFilter,
  Notification,
  Phase,
} from '../job.ts';
import type { Sql, SqlValue } from './sql.ts';

/** A job as the queue keeps it. */
export interface StoredJob extends Job {
  /** Session that made it. */
  readonly owner: string;
  /** Whose turn is counted by this: clients take turns. */
  readonly client: string;
  /** Address of the service's root, as the client that made the job reaches it. */
  readonly root: string;
  /** Of all that is kept of it. */
  readonly bytes: number;
  /** How often it has begun. */
  readonly attempts: number;
  /** When it may begin. */
  readonly due: number;
  /** Address for a note at its end. */
  readonly webhook: string | null;
  /** How often the note was tried, and when it is the next time; null: it is not. */
  readonly webhookAttempts: number;
  readonly webhookDue: number | null;
}

const COLUMNS = `
  id TEXT PRIMARY KEY, type TEXT NOT NULL, owner TEXT NOT NULL, client TEXT NOT NULL, root TEXT NOT NULL, run_id TEXT,
  phase TEXT NOT NULL, created INTEGER NOT NULL, started INTEGER, ended INTEGER, execution_duration INTEGER NOT NULL,
  destruction INTEGER NOT NULL, parameters TEXT NOT NULL, files TEXT NOT NULL, results TEXT NOT NULL, error TEXT,
  notification TEXT, revision INTEGER NOT NULL, bytes INTEGER NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL,
  webhook TEXT, webhook_attempts INTEGER NOT NULL, webhook_due INTEGER`;

/** Makes what is not there yet. Keys in `doomed` are of objects that nothing refers to any more. */
export function createTables(sql: Sql): void {
  sql.exec(`CREATE TABLE IF NOT EXISTS jobs (${COLUMNS}) WITHOUT ROWID`);
  sql.exec('CREATE INDEX IF NOT EXISTS jobs_of_owner ON jobs (owner, type, created)');
  sql.exec('CREATE INDEX IF NOT EXISTS jobs_in_phase ON jobs (phase, client, due)');
  sql.exec('CREATE INDEX IF NOT EXISTS jobs_by_destruction ON jobs (destruction)');
  sql.exec('CREATE INDEX IF NOT EXISTS jobs_by_webhook ON jobs (webhook_due) WHERE webhook_due IS NOT NULL');
  sql.exec('CREATE INDEX IF NOT EXISTS jobs_by_bytes ON jobs (bytes)');
  sql.exec('CREATE TABLE IF NOT EXISTS doomed (key TEXT PRIMARY KEY) WITHOUT ROWID');
}

type Field = { readonly [name in keyof StoredJob]: string };

const FIELDS: Field = {
  id: 'id',
  type: 'type',
  owner: 'owner',
  client: 'client',
  root: 'root',
  runId: 'run_id',
  phase: 'phase',
  created: 'created',
  started: 'started',
  ended: 'ended',
  executionDuration: 'execution_duration',
  destruction: 'destruction',
  parameters: 'parameters',
  files: 'files',
  results: 'results',
  error: 'error',
  notification: 'notification',
  revision: 'revision',
  bytes: 'bytes',
  attempts: 'attempts',
  due: 'due',
  webhook: 'webhook',
  webhookAttempts: 'webhook_attempts',
  webhookDue: 'webhook_due',
};

const JSON_FIELDS: ReadonlySet<string> = new Set(['parameters', 'files', 'results', 'error', 'notification']);

function storedValue(name: string, value: unknown): SqlValue {
  return JSON_FIELDS.has(name) && value !== null ? JSON.stringify(value) : (value as SqlValue);
}

function jobOf(row: Record<string, SqlValue>): StoredJob {
  const parsed = (name: string) => row[name] && JSON.parse(row[name] as string);
  return {
    id: row.id as string,
    type: row.type as string,
    owner: row.owner as string,
    client: row.client as string,
    root: row.root as string,
    runId: row.run_id as string | null,
    phase: row.phase as Phase,
    created: row.created as number,
    started: row.started as number | null,
    ended: row.ended as number | null,
    executionDuration: row.execution_duration as number,
    destruction: row.destruction as number,
    parameters: parsed('parameters') as Job['parameters'],
    files: parsed('files') as readonly JobFile[],
    results: parsed('results') as readonly JobResult[],
    error: parsed('error') as JobError | null,
    notification: parsed('notification') as Notification | null,
    revision: row.revision as number,
    bytes: row.bytes as number,
    attempts: row.attempts as number,
    due: row.due as number,
    webhook: row.webhook as string | null,
    webhookAttempts: row.webhook_attempts as number,
    webhookDue: row.webhook_due as number | null,
  };
}

export function insertJob(sql: Sql, job: StoredJob): void {
  const names = Object.keys(FIELDS) as (keyof StoredJob)[];
  const places = names.map(() => '?').join(', ');
  sql.exec(
    `INSERT INTO jobs (${names.map((name) => FIELDS[name]).join(', ')}) VALUES (${places})`,
    ...names.map((name) => storedValue(name, job[name])),
  );
}

export function readJob(sql: Sql, id: string): StoredJob | null {
  const [row] = sql.exec('SELECT * FROM jobs WHERE id = ?', id).toArray();
  return row === undefined ? null : jobOf(row);
}

/** What is kept of a job, bytes. */
export function bytesOf({
  parameters,
  files,
  results,
}: Pick<Job, 'parameters' | 'files' | 'results'>): number {
  const ofParameters = parameters.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return [...files, ...results].reduce((sum, { bytes }) => sum + bytes, ofParameters);
}

/** @returns the job as it is then; null where there is none. */
export function changeJob(sql: Sql, id: string, change: Partial<StoredJob>): StoredJob | null {
  const names = Object.keys(change) as (keyof StoredJob)[];
  if (names.length > 0) {
    sql.exec(
      `UPDATE jobs SET ${names.map((name) => `${FIELDS[name]} = ?`).join(', ')} WHERE id = ?`,
      ...names.map((name) => storedValue(name, change[name])),
      id,
    );
  }
  return readJob(sql, id);
}

export function deleteJob(sql: Sql, id: string): void {
  sql.exec('DELETE FROM jobs WHERE id = ?', id);
}

/** Jobs of a session in the order of their creation (UWS 1.1 §2.2.2.1). */
export function listJobs(
  sql: Sql,
  type: string,
  owner: string,
  { phases, after, last }: ListFilter,
): ListedJob[] {
  const conditions = ['owner = ?', 'type = ?', 'created > ?'];
  if (phases !== null) conditions.push(`phase IN (${phases.map(() => '?').join(', ')})`);
  const rows = sql.exec(
    `SELECT id, run_id, phase, created FROM jobs WHERE ${conditions.join(' AND ')} ORDER BY created DESC, id LIMIT ?`,
    ...[owner, type, after ?? -1, ...(phases ?? []), last ?? -1],
  );
  return rows
    .toArray()
    .map((row) => ({
      id: row.id as string,
      runId: row.run_id as string | null,
      phase: row.phase as Phase,
      created: row.created as number,
    }))
    .reverse();
}

export function countJobs(sql: Sql, phase: Phase | null): number {
  const [row] =
    phase === null
      ? sql.exec('SELECT count(*) AS jobs FROM jobs').toArray()
      : sql.exec('SELECT count(*) AS jobs FROM jobs WHERE phase = ?', phase).toArray();
  return row!.jobs as number;
}

/** Bytes of all that is kept. */
export function keptBytes(sql: Sql): number {
  return sql.exec('SELECT coalesce(sum(bytes), 0) AS bytes FROM jobs').toArray()[0]!.bytes as number;
}

/** Ids of the jobs in a phase. */
export function jobsIn(sql: Sql, phase: Phase): string[] {
  return sql
    .exec('SELECT id FROM jobs WHERE phase = ?', phase)
    .toArray()
    .map(({ id }) => id as string);
}

/** Of each client the job that has waited longest and may begin. */
export function nextOfClients(sql: Sql, now: number): { id: string; client: string; due: number }[] {
  return sql
    .exec(
      `SELECT client, min(due) AS due, id FROM jobs WHERE phase = 'QUEUED' AND due <= ? GROUP BY client`,
      now,
    )
    .toArray() as { id: string; client: string; due: number }[];
}

export function jobsToDestroy(sql: Sql, now: number, most: number): string[] {
  return sql
    .exec('SELECT id FROM jobs WHERE destruction <= ? ORDER BY destruction LIMIT ?', now, most)
    .toArray()
    .map(({ id }) => id as string);
}

export function jobsToNotifyOf(sql: Sql, now: number, most: number): string[] {
  return sql
    .exec('SELECT id FROM jobs WHERE webhook_due <= ? ORDER BY webhook_due LIMIT ?', now, most)
    .toArray()
    .map(({ id }) => id as string);
}

/** When there is something to do that nobody asks for; jobs that wait for others to end are no such thing. Milliseconds since 1970. */
export function nextMoment(sql: Sql, now: number): number | null {
  const [row] = sql
    .exec(
      `SELECT min(moment) AS moment FROM (
         SELECT min(destruction) AS moment FROM jobs
         UNION ALL SELECT min(webhook_due) FROM jobs WHERE webhook_due IS NOT NULL
         UNION ALL SELECT min(due) FROM jobs WHERE phase = 'QUEUED' AND due > ?)`,
      now,
    )
    .toArray();
  return row!.moment as number | null;
}

export function doom(sql: Sql, key: string): void {
  sql.exec('INSERT OR IGNORE INTO doomed (key) VALUES (?)', key);
}

export function doomedKeys(sql: Sql, most: number): string[] {
  return sql
    .exec('SELECT key FROM doomed LIMIT ?', most)
    .toArray()
    .map(({ key }) => key as string);
}

export function forget(sql: Sql, key: string): void {
  sql.exec('DELETE FROM doomed WHERE key = ?', key);
}
