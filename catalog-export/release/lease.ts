import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { MACHINE, processLives } from '../../engine/storage/machine.ts';
import type { Storage } from '../../engine/storage/storage.ts';

/** The right to change the releases of a catalogue, which one program has at a time. */
export interface Lease {
  /** @throws Error when it was lost: this program stood still for so long that another one took its place. */
  check(): Promise<void>;
}

/** What the program that holds a lease says of itself, in `<catalog>/lease-<id>`. */
interface Claim {
  readonly purpose: LeasePurpose;
  /** A claim is `asked` until nobody else's was seen beside it, and `held` from then on. */
  readonly state: 'asked' | 'held';
  readonly host: string;
  /** Same where process numbers mean the same. */
  readonly machine: string;
  readonly process: number;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly expires: string;
  /** Another with every renewal. */
  readonly beat: number;
}

export type LeasePurpose = 'export' | 'gc';

/** Milliseconds. */
export interface LeaseTimes {
  /** A claim that is not renewed for so long has lost its owner. */
  readonly lifetime: number;
  readonly renewal: number;
}

const TIMES: LeaseTimes = { lifetime: 120_000, renewal: 30_000 };
const ATTEMPTS = 5;
/** Of this process, that it has not given back: a bucket that fails may keep those that it has. */
const claims = new Set<string>();
const CLAIM = /^lease-[-0-9a-f]+$/;

export interface LeaseOptions {
  readonly storage: Storage;
  /** `schema.table` */
  readonly catalog: string;
  readonly purpose: LeasePurpose;
  readonly times?: LeaseTimes;
  /** Hears of a wait of most of a minute. */
  readonly onWait?: (message: string) => void;
}

/**
 * Runs a task while no other program, on whatever machine and with whatever database, changes the releases of the catalogue in this
 * bucket. A claim is written first and then those of others are looked for, so that of two that come at once at most one goes on; it
 * needs of the storage that an object is listed once it is written, and no more.
 *
 * A claim has lost its owner when that was a process of this machine that is gone, or when it is not renewed. The time in a claim is
 * believed only while it is at all likely: where clocks differ, or went backwards, a claim is watched for longer than a renewal takes.
 * @throws Error when another program has the lease, saying which.
 */
export async function withLease<T>(options: LeaseOptions, task: (lease: Lease) => Promise<T>): Promise<T> {
  const { storage, catalog, purpose, times = TIMES } = options;
  const key = `${catalog}/lease-${randomUUID()}`;
  const since = new Date().toISOString();
  let beat = 0;
  const claim = (state: Claim['state']): Claim => ({
    purpose,
    state,
    host: hostname(),
    machine: MACHINE,
    process: process.pid,
    since,
    expires: new Date(Date.now() + times.lifetime).toISOString(),
    beat: beat++,
  });
  const put = (state: Claim['state']) =>
    storage.put(key, new TextEncoder().encode(JSON.stringify(claim(state))));
  const lost = () =>
    new Error(
      `this ${purpose} of ${catalog} stood still for so long that another program took its place: start it again`,
    );

  claims.add(key);
  await acquire(options, key, times, put).catch((error) => {
    claims.delete(key);
    throw error;
  });
  let renewal = Promise.resolve();
  // A renewal that fails is followed by others; the check before the last step decides.
  const renew = async () => {
    if ((await storage.size(key)) !== null) await put('held');
  };
  const timer = setInterval(() => {
    renewal = renewal.then(renew).catch(() => {});
  }, times.renewal);
  timer.unref();
  try {
    return await task({
      async check() {
        if ((await storage.size(key)) === null) throw lost();
        for (const { claim } of await otherClaims(storage, catalog, key)) {
          if (claim?.state === 'held') throw lost();
        }
      },
    });
  } finally {
    clearInterval(timer);
    await renewal;
    claims.delete(key);
    // A claim that cannot be taken back expires.
    await storage.remove(key).catch(() => {});
  }
}

async function acquire(
  { storage, catalog, purpose, onWait }: LeaseOptions,
  key: string,
  times: LeaseTimes,
  put: (state: Claim['state']) => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await put('asked');
    try {
      const others = await otherClaims(storage, catalog, key);
      const lives = await Promise.all(others.map((other) => isAlive(storage, other, times, onWait)));
      const living = others.filter((_, at) => lives[at]);
      if (living.length === 0) {
        for (const other of others) await storage.remove(other.key);
        await put('held');
        return;
      }
      const held = living.find(({ claim }) => claim?.state === 'held');
      if (held || attempt === ATTEMPTS) throw refusal(catalog, purpose, (held ?? living[0]!).claim);
    } catch (error) {
      await storage.remove(key).catch(() => {});
      throw error;
    }
    // Two that came at once have seen each other: the one that is back first goes on.
    await storage.remove(key);
    await delay(Math.random() * attempt * 200);
  }
}

interface OtherClaim {
  readonly key: string;
  /** Null where it is none that can be read. */
  readonly claim: Claim | null;
}

async function otherClaims(storage: Storage, catalog: string, own: string): Promise<OtherClaim[]> {
  const names = (await storage.list(catalog)).filter((name) => CLAIM.test(name));
  const keys = names.map((name) => `${catalog}/${name}`).filter((key) => key !== own);
  const found = await Promise.all(keys.map(async (key) => ({ key, claim: await readClaim(storage, key) })));
  return found.filter(({ claim }) => claim !== 'absent') as OtherClaim[];
}

async function readClaim(storage: Storage, key: string): Promise<Claim | null | 'absent'> {
  const bytes = await storage.get(key);
  if (bytes === null) return 'absent';
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Claim;
  } catch {
    return null;
  }
}

async function isAlive(
  storage: Storage,
  { key, claim }: OtherClaim,
  { lifetime, renewal }: LeaseTimes,
  onWait: LeaseOptions['onWait'],
): Promise<boolean> {
  if (claim?.machine === MACHINE && !claimantLives(key, claim)) return false;
  const left = claim === null ? 0 : Date.parse(claim.expires) - Date.now();
  if (left > 0 && left <= lifetime) return true;
  onWait?.(`Waiting to see whether ${claim?.host ?? 'another machine'} is still at work`);
  await delay(1.5 * renewal);
  const now = await readClaim(storage, key);
  return now !== 'absent' && now !== null && now.beat !== claim?.beat;
}

/** A process number may be that of another process by now, even of this one. */
function claimantLives(key: string, claim: Claim): boolean {
  return claim.process === process.pid ? claims.has(key) : processLives(claim.process);
}

function refusal(catalog: string, purpose: LeasePurpose, other: Claim | null): Error {
  const task = other?.purpose === purpose ? `another ${purpose}` : `the ${other?.purpose ?? 'export'}`;
  const who = other === null ? '' : ` (process ${other.process} on ${other.host}, since ${other.since})`;
  const advice =
    other === null || other.machine === MACHINE
      ? 'wait until it has ended, or stop it'
      : `wait until it has ended, or stop it; one that was killed counts until ${other.expires}`;
  return new Error(`${task} of ${catalog} is running${who}: ${advice}`);
}
