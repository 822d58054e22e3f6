import type { Hono } from 'hono';
import fitsModule from '../../engine/fits-wasm/fits.wasm';
import { createFitsKernel } from '../../engine/fits-wasm/index.ts';
import healpixModule from '../../engine/healpix-wasm/healpix.wasm';
import { createKernel } from '../../engine/healpix-wasm/index.ts';
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
    app ??= createSodaApp({
      storage: storageOf(env),
      kernel: createKernel(healpixModule),
      fits: createFitsKernel(fitsModule),
      ...readSodaSettings(env),
    });
    return app.fetch(request, env, context);
  },
};
