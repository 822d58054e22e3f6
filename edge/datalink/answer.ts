import { StorageError } from '../../engine/errors.ts';
import type { ImageDataset } from '../../engine/images/dataset.ts';
import { datasetDigest } from '../../engine/images/keys.ts';
import { readDataset } from '../../engine/images/read-dataset.ts';
import type { Storage } from '../../engine/storage/storage.ts';
import type { Batch, Overflow, ResultTable } from '../../engine/table/result.ts';
import type { ServiceDescriptor } from '../../engine/table/service-descriptor.ts';
import { describeFailure } from '../failure.ts';
import { quoted } from '../request-error.ts';
import { SOFTWARE } from '../service.ts';
import { cutoutLimits } from '../soda/cutout-limits.ts';
import { sodaDescriptor } from '../soda/descriptor.ts';
import type { SodaMode } from '../soda/standard.ts';
import { selfDescriptor } from './descriptor.ts';
import { LINK_COLUMNS, linkBatch } from './link-table.ts';
import { errorLink, type Link, linksOf } from './links.ts';
import type { LinksRequest } from './request.ts';
import { LINKS_ID } from './standard.ts';

/** What links are made of. */
export interface LinkSources {
  readonly storage: Storage;
  /** Address of the service's root, without a trailing slash. */
  readonly root: string;
  /** In which ways there are cutouts. */
  readonly modes: readonly SodaMode[];
  /** Identifiers of a request at most. */
  readonly maxIds: number;
}

/** Datasets of a request up to which each has descriptors of its own, with its limits: they are a few kilobytes each. */
const DESCRIBED_DATASETS = 100;

/** Documents that are read at once. */
const READ_AT_ONCE = 32;

/**
 * The links of datasets (DataLink 1.1 §3), as their documents come. Where there are more than the limits allow, whole datasets are
 * left out and the table says OVERFLOW (§2.1.1).
 */
export function answerLinks(sources: LinkSources, request: LinksRequest): ResultTable {
  const { root } = sources;
  const { ids, limit } = request;
  const services: ServiceDescriptor[] = ids.length === 0 || limit === 0 ? [selfDescriptor(root)] : [];
  const asked = ids.slice(0, sources.maxIds);
  return {
    name: 'links',
    description: 'Links to datasets and to what can be done with them',
    columns: LINK_COLUMNS,
    infos: [
      { name: 'standardID', value: LINKS_ID },
      { name: 'server_software', value: SOFTWARE },
    ],
    services,
    batches: linkBatches(asked, { ...sources, limit, cut: asked.length < ids.length }, services),
  };
}

interface Limited extends LinkSources {
  /** Rows at most. */
  readonly limit: number;
  /** Whether there are more identifiers than are answered. */
  readonly cut: boolean;
}

/** @param services gets the descriptors of services that the rows refer to. */
function linkBatches(
  ids: readonly string[],
  sources: Limited,
  services: ServiceDescriptor[],
): AsyncGenerator<Batch, Overflow, undefined> {
  const { storage, root, modes, limit, cut } = sources;
  const each = ids.length <= DESCRIBED_DATASETS;
  const shared = modes.map((mode) => sodaDescriptor(root, mode, { column: 'ID', id: `soda-${mode}` }));
  if (!each && ids.length > 0) services.push(...shared);

  /** The links of a dataset, and the descriptors that they alone refer to. */
  function describe(found: Found, at: number): { links: Link[]; own: ServiceDescriptor[] } {
    if ('fault' in found) return { links: [found.fault], own: [] };
    const { dataset, digest } = found;
    const own = each ? ownDescriptors(sources, dataset, at + 1) : [];
    const cutouts = each ? own : shared;
    const services = Object.fromEntries(modes.map((mode, which) => [mode, cutouts[which]!.id!]));
    return { links: linksOf(root, dataset, digest, services), own };
  }

  async function* batches(): AsyncGenerator<Batch, Overflow, undefined> {
    let left = limit;
    for (let at = 0; at < ids.length; at += READ_AT_ONCE) {
      const some = ids.slice(at, at + READ_AT_ONCE);
      const found = await Promise.all(some.map((id) => findDataset(storage, id)));
      const links: Link[] = [];
      for (const [index, one] of found.entries()) {
        const described = describe(one, at + index);
        left -= described.links.length;
        if (left < 0) {
          yield linkBatch(links);
          return { overflow: true };
        }
        links.push(...described.links);
        services.push(...described.own);
      }
      yield linkBatch(links);
    }
    return { overflow: cut };
  }
  return batches();
}

/** Descriptors of the services for one dataset, with its limits, in the order of the modes. */
function ownDescriptors(
  { root, modes }: LinkSources,
  dataset: ImageDataset,
  number: number,
): ServiceDescriptor[] {
  const limits = cutoutLimits(dataset);
  return modes.map((mode) => {
    return sodaDescriptor(root, mode, { did: dataset.did, limits, id: `soda-${mode}-${number}` });
  });
}

type Found = { readonly dataset: ImageDataset; readonly digest: string } | { readonly fault: Link };

/** A fault of one dataset is a row of the table: others are answered all the same (DataLink 1.1 §3.4). */
async function findDataset(storage: Storage, id: string): Promise<Found> {
  try {
    const dataset = await readDataset(storage, id);
    if (dataset !== null) return { dataset, digest: await datasetDigest(id) };
  } catch (error) {
    const kind = error instanceof StorageError ? 'TransientFault' : 'FatalFault';
    return { fault: errorLink(id, kind, describeFailure(error).message) };
  }
  if (/^ivo:\/\//i.test(id)) {
    return { fault: errorLink(id, 'NotFoundFault', `${quoted(id)} is no dataset that is published here`) };
  }
  const right = 'identifiers of datasets begin with ivo://, as obs_publisher_did has them';
  return { fault: errorLink(id, 'UsageFault', `${quoted(id)} is none; ${right}`) };
}
