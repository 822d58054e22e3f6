import type { Hono } from 'hono';
import { type StorageBindings, storageOf } from '../storage.ts';
import { createSodaApp } from './app.ts';
import { readSodaSettings, type SodaSettings } from './settings.ts';

/** What the SODA worker is bound to: the images, and settings. */
export interface Environment extends SodaSettings, StorageBindings {}

let app: Hono | null = null;

export default {
  fetch(
    request: Request,
    env: Environment,
    context: Parameters<Hono['fetch']>[2],
  ): Response | Promise<Response> {
    app ??= createSodaApp({ storage: storageOf(env), ...readSodaSettings(env) });
    return app.fetch(request, env, context);
  },
};
