import { DurableObject } from 'cloudflare:workers';
import { Hono } from 'hono';

/** The queue of jobs: one object for all of them. */
export class JobQueue extends DurableObject {}

const app = new Hono({ strict: false });
app.notFound((c) => c.text('There is no job at this address.\n', 404));

export default app;
