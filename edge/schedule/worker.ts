import { type StorageBindings, storageOf } from '../storage.ts';
import { checkExports } from './check-exports.ts';
import { post } from './post.ts';
import { withoutSecrets } from './secrets.ts';
import { alertAddress, checkHours, exportRequest, type Variables } from './settings.ts';

/** What the worker is bound to: the releases, and settings. */
export interface Environment extends StorageBindings, Variables {}

/** A cron event, as far as it is used. */
interface CronEvent {
  /** As in wrangler.toml. */
  readonly cron: string;
  /** Milliseconds since 1970. */
  readonly scheduledTime: number;
}

const HOUR = 3_600_000;

export default {
  /** @throws Error when the export could not be started, or is not as it should be: Cloudflare then marks the event as failed. */
  async scheduled(event: CronEvent, env: Environment): Promise<void> {
    try {
      console.log(await answerCron(event, env));
    } catch (error) {
      const { message } = error as Error;
      const told = `${message}${await alert(env, message)}`;
      console.error(told);
      throw new Error(told);
    }
  },
};

/** @returns what was done. */
async function answerCron({ cron, scheduledTime }: CronEvent, env: Environment): Promise<string> {
  const { EXPORT_CRON = '', CHECK_CRON = '' } = env;
  if (cron === EXPORT_CRON) return startExport(env);
  if (cron === CHECK_CRON) return check(env, new Date(scheduledTime - checkHours(env) * HOUR));
  throw new Error(
    `nothing is to be done at "${cron}": write each of the crons in edge/schedule/wrangler.toml, letter by letter, ` +
      `into EXPORT_CRON ("${EXPORT_CRON}") or CHECK_CRON ("${CHECK_CRON}") there`,
  );
}

async function startExport(env: Environment): Promise<string> {
  const request = exportRequest(env);
  if (request === null) return 'EXPORT_URL is empty: exports are started by something else';
  try {
    await post({ name: 'EXPORT_URL', ...request, withoutSecrets: withoutSecrets(env) });
  } catch (error) {
    throw new Error(
      `the nightly export could not be started: ${(error as Error).message}. The last releases go on being served. Mend EXPORT_URL, ` +
        'EXPORT_AUTHORIZATION or EXPORT_BODY of this worker, or what they lead to, and run "almagest export" by hand meanwhile',
    );
  }
  return `The nightly export was started: ${request.url.host} has accepted it`;
}

async function check(env: Environment, since: Date): Promise<string> {
  const { sound, faults } = await checkExports(storageOf(env), since);
  if (faults.length === 0) return `Every catalogue was exported:\n${sound.join('\n')}`;
  throw new Error(
    `the nightly export is not as it should be:\n${faults.join('\n')}\nThe last releases go on being served. See the log of the export where ` +
      'it runs (it may be at work still), mend what it says, and run "almagest export", which goes on where the last one stopped. ' +
      'A catalogue that is not to be exported any more: delete its folder from the bucket',
  );
}

/** @returns what is to be added to the message where the alert could not be given. */
async function alert(env: Environment, message: string): Promise<string> {
  try {
    const url = alertAddress(env);
    const body = JSON.stringify({ text: `Almagest: ${message}` });
    if (url !== null) await post({ name: 'ALERT_URL', url, body, withoutSecrets: withoutSecrets(env) });
    return '';
  } catch (error) {
    return `\nNobody was alerted: ${(error as Error).message}`;
  }
}
