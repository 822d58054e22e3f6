/** What of workerd's own module is used here: the class of which Durable Objects are. */
declare module 'cloudflare:workers' {
  import type { DurableObjectState } from '@cloudflare/workers-types';

  export class DurableObject<Environment = unknown> {
    constructor(ctx: DurableObjectState, env: Environment);
    protected readonly ctx: DurableObjectState;
    protected readonly env: Environment;
  }
}
