import { DurableObject } from 'cloudflare:workers';
import type { DurableObjectNamespace, DurableObjectState } from '@cloudflare/workers-types';
import type { Hono } from 'hono';
import type { WorkerBinding } from '../worker-binding.ts';
import { createJobsApp } from './app.ts';
import { jobDocument } from './documents/job-document.ts';
import type { ListFilter } from './job.ts';
import { type JobStorageBindings, jobStorageOf } from './job-storage.ts';
import { createQueue, type RunningQueue } from './queue/queue.ts';
import type { Sql } from './queue/sql.ts';
import type { JobChange, NewJob, Queue } from './queue/types.ts';
import { webhook } from './queue/webhook.ts';
import { type JobSettings, readJobSettings } from './settings.ts';
import { jobTypeNamed } from './types/all.ts';

/** What the worker of jobs is bound to: those who do the work, its queue, the place of results, and settings. */
export interface Environment extends JobSettings, JobStorageBindings {
  readonly TAP?: WorkerBinding;
  readonly SODA?: WorkerBinding;
  readonly QUEUE: DurableObjectNamespace;
}

/** The queue of jobs: one object for all of them, so that it knows whose turn it is. */
export class JobQueue extends DurableObject<Environment> implements Queue {
  readonly #queue: RunningQueue;

  constructor(ctx: DurableObjectState, env: Environment) {
    super(ctx, env);
    this.#queue = createQueue({
      sql: ctx.storage.sql as unknown as Sql,
      storage: jobStorageOf(env),
      workers: { TAP: env.TAP ?? null, SODA: env.SODA ?? null },
      limits: readJobSettings(env).limits,
      notify: webhook((job) =>
        JSON.stringify(jobDocument(job, `${job.root}/${jobTypeNamed(job.type).path}`)),
      ),
      wake: (time) => ctx.waitUntil(ctx.storage.setAlarm(time)),
      keep: (work) => ctx.waitUntil(work),
    });
  }

  create(job: NewJob) {
    return this.#queue.create(job);
  }

  read(id: string) {
    return this.#queue.read(id);
  }

  list(type: string, owner: string, filter: ListFilter) {
    return this.#queue.list(type, owner, filter);
  }

  change(id: string, change: JobChange) {
    return this.#queue.change(id, change);
  }

  remove(id: string) {
    return this.#queue.remove(id);
  }

  changed(id: string, revision: number, milliseconds: number) {
    return this.#queue.changed(id, revision, milliseconds);
  }

  alarm(): Promise<void> {
    return this.#queue.tick();
  }
}

let app: Hono | null = null;

export default {
  fetch(
    request: Request,
    env: Environment,
    context: Parameters<Hono['fetch']>[2],
  ): Response | Promise<Response> {
    app ??= createJobsApp({
      ...readJobSettings(env),
      queue: queueOf(env.QUEUE),
      storage: jobStorageOf(env),
      // On Cloudflare, which the bucket tells, every request has it from there.
      clientHeader: env.BUCKET ? 'cf-connecting-ip' : null,
    });
    return app.fetch(request, env, context);
  },
};

/** The one object, asked for anew each time: one that broke stays broken for those who hold it. */
function queueOf(namespace: DurableObjectNamespace): Queue {
  const object = () => namespace.get(namespace.idFromName('jobs')) as unknown as Queue;
  return {
    create: (job) => object().create(job),
    read: (id) => object().read(id),
    list: (type, owner, filter) => object().list(type, owner, filter),
    change: (id, change) => object().change(id, change),
    remove: (id) => object().remove(id),
    changed: (id, revision, milliseconds) => object().changed(id, revision, milliseconds),
  };
}
