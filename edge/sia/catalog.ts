import type { Release } from '../../engine/catalog/release.ts';
import { qualifiedName } from '../../engine/catalog/table.ts';
import type { Engine } from '../../engine/engine.ts';
import { OBSCORE } from '../../engine/obscore/table.ts';
import { remembered } from '../../engine/remembered.ts';
import type { Info } from '../../engine/table/result.ts';
import { ENGINE, SOFTWARE } from '../service.ts';

/** The catalogue of all images. */
export const IMAGES = qualifiedName(OBSCORE);

/** Its latest release; null before there are images: then a search finds none. */
export function openImages(engine: Engine): Promise<Release | null> {
  return engine.catalogs.open(IMAGES);
}

/** What an answer says of itself. */
export function serviceInfos(standardId: string, release: Release | null): Info[] {
  return [
    { name: 'standardID', value: standardId },
    { name: 'server_software', value: SOFTWARE },
    { name: 'engine', value: ENGINE },
    ...(release === null ? [NO_IMAGES] : releaseInfos(release)),
  ];
}

const NO_IMAGES: Info = { name: 'catalog', value: IMAGES, text: 'No images have been published yet.' };

const releaseInfos = remembered(({ manifest }: Release): readonly Info[] => [
  { name: 'catalog', value: manifest.catalog },
  { name: 'release', value: manifest.release },
]);
